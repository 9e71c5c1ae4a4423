using System.Diagnostics;

namespace Prism.Bench.Processes;

/// <summary>A published Prism.</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="Directory">Where it is.</param>
internal sealed record PrismBuild(string Name, string Directory)
{
    /// <summary>Publishes the service as it is deployed: with code compiled ahead for this machine.</summary>
    /// <exception cref="InvalidOperationException">It does not build; the message has what was said.</exception>
    public static async Task<PrismBuild> PublishAsync(string repository)
    {
        var directory = Path.Combine(AppContext.BaseDirectory, "published");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "publish", Path.Combine(repository, "src", "Silo"), "--configuration", "Release", "--use-current-runtime", "--no-self-contained",
                "--output", directory, "--verbosity", "quiet", "--nologo", "-p:PublishReadyToRun=true",
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
