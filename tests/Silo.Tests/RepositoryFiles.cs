namespace Prism.Tests;

/// <summary>Files of the repository that the tests are in.</summary>
internal static class RepositoryFiles
{
    /// <summary>The full path of a file.</summary>
    public static string Find(string path)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Prism.Orleans.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The tests do not run in their repository.");
        }

        return Path.Combine(directory.FullName, path);
    }
}
