using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace Prism.Providers;

/// <summary>
/// The headers that an operator adds to every request to a provider, as comma-separated <c>name=value</c>. Values may be percent-encoded: a comma is
/// <c>%2C</c>, a percent sign <c>%25</c>.
/// </summary>
public static class ProviderHeaders
{
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // Headers of the connection, of the answer's encoding and of a single call, and headers that Prism sets itself.
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Accept-Encoding", "Connection", "Expect", "Host", "HTTP2-Settings", "Keep-Alive",
        "Range", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Idempotency-Key", "traceparent", "tracestate", "baggage", "User-Agent", "anthropic-version");

    /// <summary>Parses headers for which <see cref="FindProblem"/> found no problem.</summary>
    public static ImmutableArray<KeyValuePair<string, string>> Parse(string headers) =>
        [.. Split(headers).Select(header => KeyValuePair.Create(NameOf(header), Decode(header)))];

    /// <summary>The problem with headers, as the end of a sentence; null for none.</summary>
    // The problem names an item by its position: if a value has a comma in it, the apparent next name is a part of a secret.
    public static string? FindProblem(string headers)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (index, header) in Split(headers).Index())
        {
            var problem = !header.Contains('=', StringComparison.Ordinal) ? "it is not name=value (write a comma in a value as %2C)" : FindProblemOf(header, names);
            if (problem is not null)
            {
                return string.Create(CultureInfo.InvariantCulture, $"is wrong in item {index + 1}: {problem}");
            }
        }

        return null;
    }

    private static string? FindProblemOf(string header, HashSet<string> names)
    {
        var (name, value) = (NameOf(header), ValueOf(header));
        return name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters) ? "it has no header name, or an invalid one"
            : IsReserved(name) ? $"Prism sets the header '{name}' itself"
            : !names.Add(name) ? "an earlier item has the same name"
            : !IsEscaped(value) ? "its value has a percent sign without two hexadecimal digits after it (write a percent sign as %25)"
            : Decode(header) is not { Length: > 0 } text ? "it has no value"
            : text.All(character => character is >= ' ' and <= '~') ? null
            : "its value has a character that an HTTP header cannot have, such as a line break or a letter that is not ASCII";
    }

    private static bool IsReserved(string name)
    {
        // A header that the request rejects is a header of its body.
        using var message = new HttpRequestMessage();
        return Reserved.Contains(name)
            || name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
            || !message.Headers.TryAddWithoutValidation(name, "x");
    }

    private static bool IsEscaped(string value)
    {
        for (var at = value.IndexOf('%', StringComparison.Ordinal); at >= 0; at = value.IndexOf('%', at + 1))
        {
            if (!Uri.IsHexEncoding(value, at))
            {
                return false;
            }
        }

        return true;
    }

    private static string[] Split(string headers) =>
        headers.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string NameOf(string header) => header[..header.IndexOf('=', StringComparison.Ordinal)].TrimEnd();

    private static string ValueOf(string header) => header[(header.IndexOf('=', StringComparison.Ordinal) + 1)..].TrimStart();

    private static string Decode(string header) => Uri.UnescapeDataString(ValueOf(header)).Trim();
}
