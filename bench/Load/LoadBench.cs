using System.Reflection;
using System.Runtime.InteropServices;
using Prism.Bench.Cases;
using Prism.Bench.Processes;
using Prism.Bench.Report;

namespace Prism.Bench;

/// <summary>Runs the cases, prints their results, and tells with the exit code whether a result is missing.</summary>
internal static class LoadBench
{
    private static readonly string Repository = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory,
        typeof(LoadBench).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "RepositoryPath").Value!));

    /// <returns>0; 1 if a result is missing; 2 if the command line is invalid. Measured values do not change it.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (Options.Parse(args) is not { } options)
        {
            await Console.Error.WriteLineAsync(Options.Usage);
            return 2;
        }

        using var interrupted = new CancellationTokenSource();
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        Console.WriteLine(await Machine.DescribeAsync(Repository));
        await using var testbed = await Testbed.StartAsync(await BuildsAsync(options));
        var (verdicts, missing) = (new List<Verdict>(), new List<string>());
        foreach (var one in options.Cases)
        {
            await MeasureAsync(one, testbed, options.Budget, verdicts, missing, interrupted.Token);
        }

        Print(verdicts, missing);
        return missing.Count == 0 ? 0 : 1;

        // The regular way out kills the processes of the bench.
        void Cancel(PosixSignalContext signal)
        {
            signal.Cancel = true;
            interrupted.Cancel();
        }
    }

    private static async Task<IReadOnlyList<PrismBuild>> BuildsAsync(Options options)
    {
        var build = options.Published is { } directory ? new("Prism", directory) : await PrismBuild.PublishAsync(Repository, asDeployed: options.Budget != Budget.Quick);
        return options.Against is { } other ? [build, new("Prism before", other)] : [build];
    }

    private static async Task MeasureAsync(
        Case one, Testbed testbed, Budget budget, List<Verdict> verdicts, List<string> missing, CancellationToken cancellationToken)
    {
        Console.WriteLine($"\n## {one.Name}: {one.Title}\n");
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            var report = await one.RunAsync(testbed, budget, cancellationToken);
            Console.WriteLine($"{string.Join('\n', report.Tables)}\n{report.Note}".Trim());
            verdicts.AddRange(report.Verdicts);
            missing.AddRange((report.Missing ?? []).Select(what => $"{one.Name}: {what}"));
        }
        catch (OperationCanceledException)
        {
            missing.Add($"{one.Name}: interrupted");
        }
        catch (Exception exception)
        {
            // The other cases still run.
            missing.Add($"{one.Name}: {exception.Message}");
        }

        await testbed.EndPrismsAsync();
    }

    private static void Print(List<Verdict> verdicts, List<string> missing)
    {
        var table = new Table("target", "measured", "met");
        verdicts.ForEach(verdict => table.Add(verdict.Target, verdict.Measured, verdict.IsMet ? "yes" : "no"));
        Console.WriteLine($"\n## Targets\n\n{table}");
        missing.ForEach(what => Console.WriteLine($"MISSING {what}"));
    }
}
