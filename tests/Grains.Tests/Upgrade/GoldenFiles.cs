namespace Prism.Tests.Upgrade;

/// <summary>
/// What a version before has sent and stored, kept as it was. Nothing here is ever changed: a file that is in the way of a test tells what breaks
/// when a cluster runs both versions. <c>PRISM_WRITE_GOLDEN=1</c> adds those that there are none of yet.
/// </summary>
internal static class GoldenFiles
{
    private static bool IsWriting => Environment.GetEnvironmentVariable("PRISM_WRITE_GOLDEN") == "1";

    /// <summary>The names of the files of a kind.</summary>
    public static IEnumerable<string> NamesOf(string kind) => Directory.EnumerateFiles(Folder(kind)).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal);

    /// <summary>The text of a file.</summary>
    public static string Read(string kind, string name) => File.ReadAllText(Path.Combine(Folder(kind), name));

    /// <summary>Checks that there is a file for each name, or writes those that there are not.</summary>
    public static void AssertComplete(string kind, IReadOnlyDictionary<string, Func<string>> contents)
    {
        var folder = Folder(kind);
        foreach (var (name, content) in contents.Where(one => IsWriting && !File.Exists(Path.Combine(folder, one.Key))))
        {
            File.WriteAllText(Path.Combine(folder, name), content());
        }

        Assert.Equal(contents.Keys.Order(StringComparer.Ordinal), NamesOf(kind));
    }

    private static string Folder(string kind)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Grains.Tests.csproj")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The tests do not run in their repository.");
        }

        return Directory.CreateDirectory(Path.Combine(directory.FullName, "Golden", kind)).FullName;
    }
}
