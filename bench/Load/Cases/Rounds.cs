using Prism.Bench.Generator;
using Prism.Bench.Processes;

namespace Prism.Bench.Cases;

/// <summary>
/// Measures contenders in turns, so other work on the machine affects all of them alike. Every second round is in reverse order, so a contender does
/// not always follow the same other one.
/// </summary>
internal static class Rounds
{
    // The longest turn, as a multiple of the usual one.
    private const int LongestTurn = 64;

    public static async Task<IReadOnlyList<Series>> RunAsync(
        LoadProcess load, IReadOnlyList<Contender> contenders, Budget budget, CancellationToken cancellationToken)
    {
        var before = new List<long>();
        foreach (var contender in contenders)
        {
            before.Add(await WarmUpAsync(load, contender, budget.WarmUpSeconds * contender.Servers.Count, cancellationToken));
        }

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

    // Returns the resident memory at the end of the last warm-up, still under its load.
    private static async Task<long> WarmUpAsync(LoadProcess load, Contender contender, double seconds, CancellationToken cancellationToken)
    {
        var resident = 0L;
        foreach (var plan in contender.WarmUps is [] ? [contender.Plan with { PerSecond = null }] : contender.WarmUps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            resident = (await MeasureAsync(load, contender, plan, seconds)).Resident;
        }

        return resident;
    }

    private static async Task<Sample> MeasureAsync(LoadProcess load, Contender contender, LoadPlan plan, double seconds)
    {
        var sample = await TryMeasureAsync(load, contender, plan, seconds);
        // On a slow machine, a short turn can end before the first answer.
        for (var longer = 2; longer <= LongestTurn && sample.Load is { Completed: 0, Events: 0, Failed: 0 }; longer *= 2)
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
