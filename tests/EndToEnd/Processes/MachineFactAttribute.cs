namespace Prism.Tests.Processes;

/// <summary>A test that needs programs, and perhaps root, to break something. .ci/run installs the programs; elsewhere the test is reported as skipped, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MachineFactAttribute : FactAttribute
{
    /// <param name="needsRoot">Whether it changes something of the machine's, such as its network.</param>
    /// <param name="programs">What has to be on the PATH.</param>
    public MachineFactAttribute(bool needsRoot, params string[] programs) =>
        Skip = programs.FirstOrDefault(program => !IsInstalled(program)) is { } missing ? $"{missing} is not installed."
            : needsRoot && Environment.UserName != "root" ? "It needs root."
            : null;

    private static bool IsInstalled(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(directory => File.Exists(Path.Combine(directory, program)));
}
