using System.Globalization;
using Prism.Bench.Processes;
using Prism.Bench.Report;

namespace Prism.Bench.Cases;

/// <summary>The time from start to ready of a silo, and its memory without load.</summary>
internal static class IdleCase
{
    private const double Megabyte = 1024 * 1024;

    public static async Task<CaseReport> RunAsync(Testbed testbed, Budget budget, CancellationToken cancellationToken)
    {
        (string Name, PrismSetup Setup, double Ready, double Resident)[] setups =
        [
            ("dashboard off", PrismSetup.Default, 0.9, 125),
            ("dashboard on", PrismSetup.Default with { Dashboard = true }, 1.4, 190),
        ];
        var measured = setups.SelectMany(one => Enumerable.Repeat(one.Name, budget.Rounds)).Distinct()
            .ToDictionary(name => name, _ => new Dictionary<string, List<(double Ready, double Resident)>>());
        for (var round = 0; round < budget.Rounds; round++)
        {
            foreach (var (name, setup, _, _) in setups)
            {
                await MeasureAsync(testbed, setup, budget, measured[name], cancellationToken);
            }
        }

        return ToReport(setups, measured);
    }

    private static async Task MeasureAsync(
        Testbed testbed, PrismSetup setup, Budget budget, Dictionary<string, List<(double, double)>> results, CancellationToken cancellationToken)
    {
        // One after the other, because a start uses all cores.
        foreach (var build in testbed.Builds)
        {
            var prism = await testbed.StartPrismAsync(build, setup);
            var ready = await prism.ReadyAsync();
            await Task.Delay(TimeSpan.FromSeconds(budget.SettleSeconds), cancellationToken);
            results.TryAdd(build.Name, []);
            results[build.Name].Add((ready.TotalSeconds, prism.Silos.Sum(silo => silo.Resident) / Megabyte));
            await testbed.EndPrismsAsync();
        }
    }

    private static CaseReport ToReport(
        (string Name, PrismSetup Setup, double Ready, double Resident)[] setups,
        Dictionary<string, Dictionary<string, List<(double Ready, double Resident)>>> measured)
    {
        var (table, verdicts) = (new Table("", "ready after s", "resident MB"), new List<Verdict>());
        foreach (var (name, _, readyTarget, residentTarget) in setups)
        {
            foreach (var (build, results) in measured[name])
            {
                var (ready, resident) = (Spread.Of(results.Select(one => one.Ready)), Spread.Of(results.Select(one => one.Resident)));
                table.Add(string.Create(CultureInfo.InvariantCulture, $"{build}, {name}"), ready.ToString("0.00"), resident.ToString("0"));
                verdicts.Add(Verdict.AtMost($"{build}, {name}: start to ready", readyTarget, ready.Median, "s"));
                verdicts.Add(Verdict.AtMost($"{build}, {name}: idle memory", residentTarget, resident.Median, "MB"));
            }
        }

        return new([table], verdicts);
    }
}
