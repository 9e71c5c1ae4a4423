using System.Diagnostics;
using Prism.Tests.Processes;

namespace Prism.Tests.Upgrade;

/// <summary>The release before this version, built from the repository's own history.</summary>
internal static class LastRelease
{
    // 0.1.0. The newest tag before this commit replaces it, in a clone that has one.
    private const string FirstRelease = "00d95ca32c81970522c1f52044d97f4b6e6f1815";

    /// <summary>Builds it, where that was not done before, and says how a silo of it is started.</summary>
    /// <exception cref="InvalidOperationException">The repository lacks the release, or it does not build.</exception>
    public static async Task<SiloLaunch> BuildAsync()
    {
        var repository = FindRepository();
        var commit = await FindCommitAsync(repository);
        var source = Path.Combine(AppContext.BaseDirectory, "releases", commit);
        var launch = new SiloLaunch { SiloPath = Path.Combine(source, "src/Silo/bin/Release/net10.0/Prism.Silo.dll") };
        if (!File.Exists(launch.SiloPath))
        {
            Directory.CreateDirectory(source);
            await RunAsync("sh", ["-c", $"git -C '{repository}' archive {commit} | tar -x -C '{source}'"]);
            await RunAsync("dotnet", ["build", Path.Combine(source, "src/Silo"), "-c", "Release", "-v", "quiet", "-nologo"]);
        }

        return launch;
    }

    private static async Task<string> FindCommitAsync(string repository)
    {
        try
        {
            var tag = await RunAsync("git", ["-C", repository, "describe", "--tags", "--abbrev=0", "--match", "v*", "HEAD^"]);
            return await RunAsync("git", ["-C", repository, "rev-parse", tag + "^{commit}"]);
        }
        catch (InvalidOperationException)
        {
            return FirstRelease;
        }
    }

    private static string FindRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !Path.Exists(Path.Combine(directory.FullName, ".git")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("The release before this version is built from the git repository, and this is none.");
    }

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // What `dotnet test` sets for itself would have another build find the wrong SDK's files.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? (await output).Trim()
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed with {process.ExitCode}: {await output}{await errors}");
    }
}
