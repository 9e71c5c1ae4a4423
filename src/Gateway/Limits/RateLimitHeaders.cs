using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Gateway.Limits;

/// <summary>
/// <c>x-ratelimit-{limit,remaining,reset}-{requests,tokens}</c>, as OpenAI's clients know them. Of several limits on tokens, the headers report the
/// one with the least left: it is reached first.
/// </summary>
/// <remarks>Source: https://platform.openai.com/docs/guides/rate-limits</remarks>
internal static class RateLimitHeaders
{
    private static readonly string[] Requests = ["x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"];
    private static readonly string[] Tokens = ["x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"];

    // The texts of most durations, made once.
    private static readonly string[] Milliseconds = [.. Enumerable.Range(0, 1_001).Select(count => string.Create(CultureInfo.InvariantCulture, $"{count}ms"))];
    private static readonly string[] Seconds = [.. Enumerable.Range(0, 60).Select(count => string.Create(CultureInfo.InvariantCulture, $"{count}s"))];

    /// <summary>All of them.</summary>
    public static string[] All => [.. Requests, .. Tokens];

    /// <summary>Sets the headers of the limits there are.</summary>
    public static void SetRateLimits(this HttpResponse response, ImmutableArray<LimitStatus>? limits)
    {
        LimitStatus? requests = null, tokens = null;
        foreach (var limit in limits ?? [])
        {
            if (limit.Kind == LimitKind.RequestsPerMinute && !(requests?.Remaining <= limit.Remaining))
            {
                requests = limit;
            }
            else if (limit.Kind is LimitKind.TokensPerMinute or LimitKind.TokensPerDay or LimitKind.TokensPerMonth
                && !(tokens?.Remaining <= limit.Remaining))
            {
                tokens = limit;
            }
        }

        Set(response.Headers, requests, Requests);
        Set(response.Headers, tokens, Tokens);
    }

    /// <summary>A duration as <c>12ms</c>, <c>1s</c>, <c>6m0s</c> or <c>23h0m5s</c>. It is rounded up, so a retry then is never too early.</summary>
    internal static string Format(TimeSpan duration)
    {
        if (duration < TimeSpan.FromSeconds(1))
        {
            return Milliseconds[Math.Max(0, (int)Math.Ceiling(duration.TotalMilliseconds))];
        }

        var seconds = (long)Math.Ceiling(duration.TotalSeconds);
        var (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        return (hours, minutes) switch
        {
            (0, 0) => Seconds[seconds],
            (0, _) => string.Create(CultureInfo.InvariantCulture, $"{minutes}m{seconds % 60}s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{hours}h{minutes}m{seconds % 60}s"),
        };
    }

    private static void Set(IHeaderDictionary headers, LimitStatus? status, string[] names)
    {
        if (status is not null)
        {
            headers[names[0]] = status.Limit.ToString(CultureInfo.InvariantCulture);
            headers[names[1]] = status.Remaining.ToString(CultureInfo.InvariantCulture);
            headers[names[2]] = Format(status.ResetAfter);
        }
    }
}
