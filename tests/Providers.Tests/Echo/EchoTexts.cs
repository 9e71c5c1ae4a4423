namespace Prism.Tests.Echo;

/// <summary>Texts of every shape that a word splitter can get wrong, the same in every run.</summary>
internal static class EchoTexts
{
    private static readonly string[] Pieces = [" ", "  ", "\n", "\t", "\u00a0", "\u3000", "a", "Hello", "STOP", "é", "🕷", "-", ".", "0"];

    public static IEnumerable<string> All { get; } = [.. Edges(), .. Enumerable.Range(1, 300).Select(Make)];

    /// <summary>How many words are in a text: white space only is one, as it has to be said too.</summary>
    public static int CountWords(string text) =>
        Math.Max(text.Length == 0 ? 0 : 1, text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length);

    private static string[] Edges() => ["", " ", "\n\n", "a", " a", "a ", " a ", "a b", "a  b", "  a \n b\t"];

    private static string Make(int seed)
    {
        var random = new Random(seed);
        return string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => Pieces[random.Next(Pieces.Length)]));
    }
}
