using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace Prism.Gateway.Failover;

/// <summary><c>x-prism-warnings</c>: what of a request the provider that it fell back on could not do, sentence by sentence.</summary>
internal static class WarningHeader
{
    // Clients give up on headers that are very long, and names of parameters may be.
    private const int MaxLength = 1024;

    /// <summary>Sets it where there is something to warn of.</summary>
    public static void SetWarnings(this HttpResponse response, ImmutableArray<string>? warnings)
    {
        if (warnings is [_, ..] all)
        {
            response.Headers["x-prism-warnings"] = ToHeader(string.Join(' ', all));
        }
    }

    // There are names of the client's choice in it, and a header has room for printable ASCII only.
    private static string ToHeader(string text) => string.Create(Math.Min(text.Length, MaxLength), text, static (header, text) =>
    {
        for (var i = 0; i < header.Length; i++)
        {
            header[i] = text[i] is >= ' ' and <= '~' ? text[i] : '?';
        }
    });
}
