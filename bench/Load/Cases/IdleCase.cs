using System.Globalization;
using Prism.Bench.Processes;
using Prism.Bench.Report;

namespace Prism.Bench.Cases;

/// <summary>How long a silo takes to be ready, and what memory it has when nobody asks it anything.</summary>
internal static class IdleCase
{
    private const double Megabyte = 1024 * 1024;

    public static async Task<CaseReport> RunAsync(Field field, Budget budget, CancellationToken cancellationToken)
    {
        (string Name, PrismSetup Setup, double Ready, double Resident)[] setups =
        [
            ("dashboard off", PrismSetup.Default, 0.9, 130),
            ("dashboard on", PrismSetup.Default with { Dashboard = true }, 1.4, 190),
        ];
        var measured = setups.SelectMany(one => Enumerable.Repeat(one.Name, budget.Rounds)).Distinct()
            .ToDictionary(name => name, _ => new Dictionary<string, List<(double Ready, double Resident)>>());
        for (var round = 0; round < budget.Rounds; round++)
        {
            foreach (var (name, setup, _, _) in setups)
            {
                await MeasureAsync(field, setup, budget, measured[name], cancellationToken);
            }
        }

        return ToReport(setups, measured);
    }

    private static async Task MeasureAsync(
        Field field, PrismSetup setup, Budget budget, Dictionary<string, List<(double, double)>> results, CancellationToken cancellationToken)
    {
        // One after the other: a start takes all of the machine that it can get.
        foreach (var build in field.Builds)
        {
            var prism = await field.StartPrismAsync(build, setup);
            var ready = await prism.ReadyAsync();
            await Task.Delay(TimeSpan.FromSeconds(budget.SettleSeconds), cancellationToken);
            results.TryAdd(build.Name, []);
            results[build.Name].Add((ready.TotalSeconds, prism.Silos.Sum(silo => silo.Resident) / Megabyte));
            await field.EndPrismsAsync();
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
                verdicts.Add(Verdict.AtMost($"{build}, {name}: ready after", readyTarget, ready.Median, "s"));
                verdicts.Add(Verdict.AtMost($"{build}, {name}: resident", residentTarget, resident.Median, "MB"));
            }
        }

        return new(table, verdicts);
    }
}
