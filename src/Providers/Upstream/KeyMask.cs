namespace Prism.Providers.Upstream;

/// <summary>Masks a provider's keys, and the values of its headers, in texts.</summary>
internal static class KeyMask
{
    // Shorter ones are placeholders ("none", "ollama") for servers that need no key; masking these would garble the text.
    private const int ShortestKey = 8;

    // Four characters of such a long key do not expose it.
    private const int LongKey = 20;
    private const int Shown = 4;

    /// <summary>The text without the secrets.</summary>
    public static string Apply(string text, IEnumerable<string> secrets) => secrets
        .Where(key => key.Length >= ShortestKey)
        // A key may be a prefix of another.
        .OrderByDescending(key => key.Length)
        .Aggregate(text, (shown, key) => shown.Replace(key, "***", StringComparison.Ordinal));

    /// <summary>A name of the key for messages: its position, and its end if that does not expose it.</summary>
    public static string Describe(string key, IReadOnlyList<string> keys)
    {
        var end = key.Length >= LongKey ? $" (…{key[^Shown..]})" : "";
        return $"key {keys.IndexOf(key) + 1} of {keys.Count}{end}";
    }

    private static int IndexOf(this IReadOnlyList<string> keys, string key)
    {
        var at = 0;
        while (at < keys.Count && keys[at] != key)
        {
            at++;
        }

        return at;
    }
}
