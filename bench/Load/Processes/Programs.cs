namespace Prism.Bench.Processes;

/// <summary>The programs on this machine.</summary>
internal static class Programs
{
    /// <summary>Whether a program is in a directory of PATH.</summary>
    public static bool Has(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, name)));
}
