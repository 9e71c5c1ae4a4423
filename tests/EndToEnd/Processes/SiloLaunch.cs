using System.Reflection;

namespace Prism.Tests.Processes;

/// <summary>What a silo's process runs, and where. By default: this build, on the loopback address.</summary>
internal sealed record SiloLaunch
{
    private static readonly string ThisBuild = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory,
        typeof(SiloLaunch).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "SiloPath").Value!));

    /// <summary>The assembly to run.</summary>
    public string SiloPath { get; init; } = ThisBuild;

    /// <summary>Its command line.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The address that it listens at and that other silos reach it at.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The command that runs it, with the arguments before <c>dotnet</c>. It must not start a process of its own: signals go to the silo.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];
}
