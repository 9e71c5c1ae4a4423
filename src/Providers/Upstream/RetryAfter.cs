using System.Globalization;
using System.Net.Http.Headers;

namespace Prism.Providers.Upstream;

/// <summary>Reads when a provider wants to be asked again.</summary>
internal static class RetryAfter
{
    /// <summary>From <c>retry-after-ms</c> (OpenAI), else <c>Retry-After</c> in seconds, else as a date relative to the answer's own.</summary>
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
            // The provider's clock on both sides, so that ours does not matter.
            { Date: { } date } when headers.Date is { } now && date > now => date - now,
            _ => null,
        };
    }
}
