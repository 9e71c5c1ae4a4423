using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Prism.Bench.Report;

/// <summary>Describes a run: its time, commit and machine.</summary>
internal static class Machine
{
    public static async Task<string> DescribeAsync(string repository)
    {
        var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var memory = (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9).ToString("0", CultureInfo.InvariantCulture);
        var commit = await RunAsync("git", ["-C", repository, "describe", "--always", "--dirty"]);
        return $"{now} UTC, commit {commit}, {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} cores of {Processor()}, "
            + $"{memory} GB, {RuntimeInformation.OSDescription}, load average {LoadAverage()}";
    }

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "?";

    private static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output.Trim() : "unknown";
    }
}
