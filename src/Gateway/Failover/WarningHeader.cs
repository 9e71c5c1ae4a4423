using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace Prism.Gateway.Failover;

/// <summary><c>x-prism-warnings</c>: the parts of a request that its fallback provider could not serve, one sentence for each.</summary>
internal static class WarningHeader
{
    // Clients fail on very long headers, and names of parameters may be long.
    private const int MaxLength = 1024;

    /// <summary>Sets the header if there are warnings.</summary>
    public static void SetWarnings(this HttpResponse response, ImmutableArray<string>? warnings)
    {
        if (warnings is [_, ..] all)
        {
            response.Headers["x-prism-warnings"] = ToHeader(string.Join(' ', all));
        }
    }

    // Names that the client chose are in it, and a header may contain only printable ASCII.
    private static string ToHeader(string text) => string.Create(Math.Min(text.Length, MaxLength), text, static (header, text) =>
    {
        for (var i = 0; i < header.Length; i++)
        {
            header[i] = text[i] is >= ' ' and <= '~' ? text[i] : '?';
        }
    });
}
