using System.Globalization;
using Prism.Bench.Processes;
using Prism.Bench.Report;

namespace Prism.Bench.Cases;

/// <summary>Whether memory grows under a long load: the resident memory after each tenth of its time.</summary>
internal static class SoakCase
{
    private const int Parts = 10;
    private const double Megabyte = 1024 * 1024;

    public static async Task<CaseReport> RunAsync(Testbed testbed, Budget budget, CancellationToken cancellationToken)
    {
        var prism = (await Contenders.OfPrismAsync(
            testbed, "", PrismSetup.Everything, silos => Plans.Json(silos, Plans.PrismPath(Paths.Json), 16)))[0];
        var half = budget.SoakMinutes * 60 / Parts / 2;
        var once = budget with { Rounds = 1, Seconds = half, WarmUpSeconds = 1 };
        var streams = prism with { Plan = Plans.Stream(prism.Servers, Plans.PrismPath(Paths.Stream), 16) };
        var (table, resident, all) = (new Table("after min", "resident MB", "requests/s", "events/s"), new List<double>(), new List<Series>());
        for (var part = 1; part <= Parts; part++)
        {
            var series = await Rounds.RunAsync(testbed.Load, [prism, streams], once, cancellationToken);
            all.AddRange(series);
            resident.Add(series[^1].Samples[^1].Resident / Megabyte);
            table.Add(
                Text(part * budget.SoakMinutes / Parts, "0.0"),
                Text(resident[^1], "0"),
                Text(series[0].Samples[0].PerSecond, "N0"),
                Text(series[1].Samples[0].EventsPerSecond, "N0"));
        }

        // In the first part, the heap grows to its usual size.
        var growth = (resident.Skip(Parts / 2).Average() / resident.Skip(1).Take(Parts / 2).Average() - 1) * 100;
        return Reports.Of(table, all, Verdict.AtMost("long load: growth of memory from the first half to the second", 5, growth, "%"));
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
