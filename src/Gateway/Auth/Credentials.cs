using System.Text;
using Microsoft.AspNetCore.Http;

namespace Prism.Gateway.Auth;

/// <summary>
/// The API key of a request: <c>Authorization: Bearer</c>, as OpenAI's clients send it, or <c>x-api-key</c>, as Anthropic's clients do.
/// </summary>
internal static class Credentials
{
    private const string BearerScheme = "Bearer ";
    private const string BasicScheme = "Basic ";

    /// <summary>The key; null if the request has none.</summary>
    /// <param name="request">The request.</param>
    /// <param name="inBrowser">Whether the password of HTTP Basic counts as one.</param>
    public static ReadOnlyMemory<char>? Find(HttpRequest request, bool inBrowser) => request.Headers.Authorization switch
    {
        [{ } bearer] when bearer.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase) => bearer.AsMemory(BearerScheme.Length).Trim(),
        [{ } basic] when inBrowser && basic.StartsWith(BasicScheme, StringComparison.OrdinalIgnoreCase) =>
            ReadPassword(basic.AsSpan(BasicScheme.Length).Trim())?.AsMemory(),
        _ => request.Headers["x-api-key"] is [{ Length: > 0 } key] ? key.AsMemory().Trim() : default(ReadOnlyMemory<char>?),
    };

    private static string? ReadPassword(ReadOnlySpan<char> basic)
    {
        Span<byte> decoded = stackalloc byte[Authenticator.LongestKey + 64];
        if (!Convert.TryFromBase64Chars(basic, decoded, out var length))
        {
            return null;
        }

        // The user name is ignored.
        var colon = decoded[..length].IndexOf((byte)':');
        return colon < 0 ? null : Encoding.UTF8.GetString(decoded[(colon + 1)..length]);
    }
}
