using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Prism.Tests.Ollama;

/// <summary>What Ollama is sent and sends, and what that is in canonical form.</summary>
internal static partial class GoldenFiles
{
    /// <summary>The clock that all canonical answers were made by.</summary>
    public const long Created = 1770000000;

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Ollama", "Golden");

    public static TheoryData<string> Names(string kind)
    {
        var names = new TheoryData<string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Folder, kind), "*.upstream.*").Order(StringComparer.Ordinal))
        {
            names.Add(Path.GetFileName(file).Split('.')[0]);
        }

        return names;
    }

    public static string Read(string kind, string file) => File.ReadAllText(Path.Combine(Folder, kind, file));

    public static string[] ReadLines(string kind, string file) => File.ReadAllLines(Path.Combine(Folder, kind, file));

    /// <summary>Compares as JSON: white space and the order of properties do not count.</summary>
    public static void AssertSame(string expected, string actual) => Assert.True(
        JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), $"expected {expected}{Environment.NewLine}but was {actual}");

    /// <summary>Numbers the ids that were made, the same for the same: <c>call_#1</c>, <c>call_#2</c>.</summary>
    public static string[] NumberIds(IEnumerable<string> texts)
    {
        var numbers = new Dictionary<string, string>();
        return [.. texts.Select(text => MadeId().Replace(text, Number))];

        string Number(Match id)
        {
            var prefix = id.Groups[1].Value;
            return numbers.TryGetValue(id.Value, out var known)
                ? known
                : numbers[id.Value] = $"{prefix}#{numbers.Keys.Count(other => other.StartsWith(prefix, StringComparison.Ordinal)) + 1}";
        }
    }

    [GeneratedRegex("(chatcmpl-|call_)[0-9a-f]{32}")]
    private static partial Regex MadeId();
}
