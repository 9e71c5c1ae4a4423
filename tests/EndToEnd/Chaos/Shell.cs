using System.Diagnostics;

namespace Prism.Tests.Chaos;

/// <summary>Runs the machine's own programs.</summary>
internal static class Shell
{
    /// <summary>Runs a script of commands, of which the first that fails ends it.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message is what it said.</exception>
    public static async Task RunAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-ec", script]) { RedirectStandardError = true })!;
        var said = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        if (shell.ExitCode != 0)
        {
            throw new InvalidOperationException($"{script} failed with {shell.ExitCode}: {said}");
        }
    }
}
