using System.Globalization;
using System.Net.Http.Headers;

namespace Prism.Providers.Upstream;

/// <summary>Reads the time after which a provider may be called again.</summary>
internal static class RetryAfter
{
    /// <summary>From <c>retry-after-ms</c> (OpenAI), or <c>Retry-After</c> in seconds, or as a date relative to the response's own.</summary>
    public static TimeSpan? Read(HttpResponseHeaders headers)
    {
        if (headers.TryGetValues("retry-after-ms", out var values)
            && double.TryParse(values.FirstOrDefault(), NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds is >= 0 and < 1e9)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        return headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            // Both times are from the provider's clock, so that Prism's does not matter.
            { Date: { } date } when headers.Date is { } now && date > now => date - now,
            _ => null,
        };
    }
}
