using System.Diagnostics;

namespace Prism.Bench.Processes;

/// <summary>A published Prism.</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="Directory">Where it is.</param>
internal sealed record PrismBuild(string Name, string Directory)
{
    /// <summary>Publishes the service.</summary>
    /// <param name="repository">Where its source is.</param>
    /// <param name="asDeployed">Whether code is compiled ahead for this machine, which takes a while.</param>
    /// <exception cref="InvalidOperationException">It does not build; the message has what was said.</exception>
    public static async Task<PrismBuild> PublishAsync(string repository, bool asDeployed)
    {
        var directory = Path.Combine(AppContext.BaseDirectory, asDeployed ? "published" : "published-quick");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "publish", Path.Combine(repository, "src", "Silo"), "--configuration", "Release", "--use-current-runtime", "--no-self-contained",
                "--output", directory, "--verbosity", "quiet", "--nologo", $"-p:PublishReadyToRun={asDeployed}",
                // The lock files know no runtime; every version stays.
                "-p:NuGetLockFilePath=obj/native.lock.json",
            ])
        { RedirectStandardOutput = true };
        using var publish = Process.Start(start)!;
        var said = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? new("Prism", directory) : throw new InvalidOperationException("Prism does not build: " + said);
    }
}
