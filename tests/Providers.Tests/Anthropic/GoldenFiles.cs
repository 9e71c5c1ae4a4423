namespace Prism.Tests.Anthropic;

/// <summary>Pairs of files: what goes in and what has to come out.</summary>
internal static class GoldenFiles
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "Anthropic", "Golden");

    /// <summary>The names of the pairs in a folder.</summary>
    public static TheoryData<string> Names(string folder) =>
        [.. Directory.GetFiles(Path.Combine(Root, folder), "*.in.*").Select(file => Path.GetFileName(file).Split('.')[0]).Order()];

    public static string Read(string folder, string file) => File.ReadAllText(Path.Combine(Root, folder, file));
}
