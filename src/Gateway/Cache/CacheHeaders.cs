using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Gateway.Cache;

/// <summary>
/// The headers of the response cache: <c>Cache-Control</c> (<c>no-store</c>, <c>no-cache</c>, <c>max-age</c>; other directives have no effect) and
/// <c>x-prism-cache-ttl</c> in requests, <c>x-prism-cache</c> and <c>Age</c> in responses.
/// </summary>
/// <remarks>Source: RFC 9111, section 5.2.1.</remarks>
internal static class CacheHeaders
{
    private const string Ttl = "x-prism-cache-ttl";
    private const int MaxTtl = 365 * 24 * 60 * 60;

    /// <summary>The cache policy of a request, or the error in its headers.</summary>
    public static (ChatCachePolicy? Policy, ChatError? Error) ReadCachePolicy(this HttpRequest request)
    {
        var (control, ttl) = (request.Headers.CacheControl, request.Headers[Ttl]);
        if (control.Count == 0 && ttl.Count == 0)
        {
            return (null, null);
        }

        var directives = new CacheControlHeaderValue();
        if (control.Count > 0 && !CacheControlHeaderValue.TryParse(control.ToString(), out directives))
        {
            return (null, ChatError.Invalid("'Cache-Control' could not be read; supported directives are no-store, no-cache and max-age=<seconds>.", "cache-control"));
        }

        return TryReadTtl(ttl, out var duration)
            ? (new() { NoStore = directives!.NoStore, NoCache = directives.NoCache, MaxAge = directives.MaxAge, Ttl = duration }, null)
            : (null, ChatError.Invalid(
                string.Create(CultureInfo.InvariantCulture, $"'{Ttl}' must be a whole number of seconds from 1 to {MaxTtl}."), Ttl));
    }

    /// <summary>Sets the headers that name the source of an answer.</summary>
    public static void SetCacheResult(this HttpResponse response, AnswerInfo route)
    {
        response.Headers["x-prism-cache"] = NameOf(route.Cache);
        if (route.Age is { } age)
        {
            response.Headers.Age = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }
    }

    private static bool TryReadTtl(StringValues header, out TimeSpan? ttl)
    {
        var isNumber = int.TryParse(header.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
        ttl = isNumber ? TimeSpan.FromSeconds(seconds) : null;
        return header.Count == 0 || (isNumber && seconds is > 0 and <= MaxTtl);
    }

    /// <summary>The value of <c>x-prism-cache</c>.</summary>
    public static string NameOf(ChatCacheResult result) => result switch
    {
        ChatCacheResult.Hit => "hit",
        ChatCacheResult.Miss => "miss",
        ChatCacheResult.Joined => "joined",
        _ => "bypass",
    };
}
