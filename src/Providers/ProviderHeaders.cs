using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace Prism.Providers;

/// <summary>
/// The headers that every request to a provider has besides Prism's own, as <c>name=value</c> between commas. In a value, <c>%2C</c> is a comma and
/// <c>%25</c> a percent sign; any character can be written so.
/// </summary>
public static class ProviderHeaders
{
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // Those that say how the message is sent or its answer encoded, those that are different for each call, and those that Prism has a value for.
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Accept-Encoding", "Connection", "Expect", "Host", "HTTP2-Settings", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
        "Range", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Idempotency-Key", "traceparent", "tracestate", "baggage", "User-Agent", "anthropic-version");

    /// <summary>Reads headers that have no problem.</summary>
    public static ImmutableArray<KeyValuePair<string, string>> Parse(string headers) =>
        [.. Split(headers).Select(header => KeyValuePair.Create(NameOf(header), Decode(header)))];

    /// <summary>What is wrong with headers, as the end of a sentence; null for nothing.</summary>
    // An item is named by its place: where a comma of a value was not written as %2C, what looks like a name is a part of a secret.
    public static string? FindProblem(string headers)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (index, header) in Split(headers).Index())
        {
            var problem = !header.Contains('=', StringComparison.Ordinal) ? "is not name=value (a comma in a value is %2C)" : FindProblemOf(header, names);
            if (problem is not null)
            {
                return string.Create(CultureInfo.InvariantCulture, $"has an item {index + 1} that {problem}");
            }
        }

        return null;
    }

    private static string? FindProblemOf(string header, HashSet<string> names)
    {
        var (name, value) = (NameOf(header), ValueOf(header));
        return name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters) ? "has no name, or one that no header can have"
            : Reserved.Contains(name) || IsOfBody(name) ? $"is '{name}', which is for Prism to set"
            : !names.Add(name) ? "has the name of another"
            : !IsEscaped(value) ? "has a percent sign in its value without two hexadecimal digits after it (a percent sign is %25)"
            : Decode(header) is not { Length: > 0 } text ? "has no value"
            : text.All(character => character is >= ' ' and <= '~') ? null
            : "has a character in its value that cannot go into an HTTP header, such as a line break or one that is not ASCII";
    }

    private static bool IsOfBody(string name)
    {
        using var message = new HttpRequestMessage();
        return name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || !message.Headers.TryAddWithoutValidation(name, "x");
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
