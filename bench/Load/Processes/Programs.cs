namespace Prism.Bench.Processes;

/// <summary>What is installed on this machine.</summary>
internal static class Programs
{
    /// <summary>Whether a program is on the path.</summary>
    public static bool Has(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(directory => File.Exists(Path.Combine(directory, name)));
}
