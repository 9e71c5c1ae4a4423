using Prism.Bench.Generator;
using Prism.Bench.Processes;

namespace Prism.Bench.Cases;

/// <summary>
/// Measures contenders in turns, so that whatever else the machine does meets all of them alike. Every second round goes backwards: nobody is
/// always the one after the same other.
/// </summary>
internal static class Rounds
{
    // Times as long as a turn is meant to be.
    private const int MostPatience = 16;

    public static async Task<IReadOnlyList<Series>> RunAsync(
        LoadProcess load, IReadOnlyList<Contender> contenders, Budget budget, CancellationToken cancellationToken)
    {
        foreach (var contender in contenders)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await MeasureAsync(load, contender, contender.WarmUp ?? contender.Plan with { PerSecond = null }, budget.WarmUpSeconds * contender.Servers.Count);
        }

        var before = contenders.Select(ResidentOf).ToList();
        var samples = contenders.Select(_ => new List<Sample>()).ToList();
        for (var round = 0; round < budget.Rounds; round++)
        {
            for (var turn = 0; turn < contenders.Count; turn++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var i = round % 2 == 0 ? turn : contenders.Count - 1 - turn;
                samples[i].Add(await MeasureAsync(load, contenders[i], contenders[i].Plan, budget.Seconds));
            }
        }

        return [.. contenders.Select((contender, i) => new Series(contender, samples[i], before[i]))];
    }

    private static async Task<Sample> MeasureAsync(LoadProcess load, Contender contender, LoadPlan plan, double seconds)
    {
        var sample = await TryMeasureAsync(load, contender, plan, seconds);
        // A machine may be so slow that a short turn ends before the first answer.
        for (var longer = 2; longer <= MostPatience && sample.Load is { Completed: 0, Events: 0, Failed: 0 }; longer *= 2)
        {
            sample = await TryMeasureAsync(load, contender, plan, seconds * longer);
        }

        return sample;
    }

    private static async Task<Sample> TryMeasureAsync(LoadProcess load, Contender contender, LoadPlan plan, double seconds)
    {
        var (cpu, resident) = (0.0, 0L);
        var result = await load.ExecuteAsync(
            plan with { Seconds = seconds },
            () => cpu = CpuOf(contender),
            () => (cpu, resident) = (CpuOf(contender) - cpu, ResidentOf(contender)));
        return new(result, cpu, resident);
    }

    private static double CpuOf(Contender contender) => contender.Servers.Sum(server => server.Cpu.TotalSeconds);

    private static long ResidentOf(Contender contender) => contender.Servers.Sum(server => server.Resident);
}
