namespace Prism.Providers.Upstream;

/// <summary>Keeps a provider's keys, and the values of its headers, out of texts.</summary>
internal static class KeyMask
{
    // Shorter ones are placeholders ("none", "ollama") of servers that want none; to mask these would garble what is said.
    private const int ShortestKey = 8;

    // Of a key so long, four characters give nothing away.
    private const int LongKey = 20;
    private const int Shown = 4;

    /// <summary>The text without the secrets.</summary>
    public static string Apply(string text, IEnumerable<string> secrets) => secrets
        .Where(key => key.Length >= ShortestKey)
        // A key may be the beginning of another.
        .OrderByDescending(key => key.Length)
        .Aggregate(text, (shown, key) => shown.Replace(key, "***", StringComparison.Ordinal));

    /// <summary>Which key it is, for people: by its place, and by its end where that gives nothing away.</summary>
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
