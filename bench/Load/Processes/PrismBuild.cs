using System.Diagnostics;

namespace Prism.Bench.Processes;

/// <summary>A published Prism.</summary>
/// <param name="Name">The name in tables.</param>
/// <param name="Directory">The directory of its files.</param>
internal sealed record PrismBuild(string Name, string Directory)
{
    /// <summary>Publishes the service.</summary>
    /// <param name="repository">The root of the repository.</param>
    /// <param name="asDeployed">Whether code is compiled ahead of time as in a deployment, which makes the publish slower.</param>
    /// <exception cref="InvalidOperationException">The build failed. The message has its output.</exception>
    public static async Task<PrismBuild> PublishAsync(string repository, bool asDeployed)
    {
        var directory = Path.Combine(AppContext.BaseDirectory, asDeployed ? "published" : "published-quick");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "publish", Path.Combine(repository, "src", "Silo"), "--configuration", "Release", "--use-current-runtime", "--no-self-contained",
                "--output", directory, "--verbosity", "quiet", "--nologo", $"-p:PublishReadyToRun={asDeployed}",
                // The lock files have no runtime identifier. The versions are the same.
                "-p:NuGetLockFilePath=obj/native.lock.json",
            ])
        { RedirectStandardOutput = true };
        using var publish = Process.Start(start)!;
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? new("Prism", directory) : throw new InvalidOperationException("Prism does not build: " + output);
    }
}
