using System.Globalization;
using Prism.Bench.Report;

namespace Prism.Bench.Cases;

/// <summary>Shows series as tables.</summary>
internal static class Tables
{
    private const string Milliseconds = "0.00";

    /// <summary>A table of requests. Ratios are to the first series.</summary>
    public static Table OfRequests(IReadOnlyList<Series> all) => OfRequests([all]);

    /// <summary>A table of requests in several groups. Ratios are to the first series of the group.</summary>
    public static Table OfRequests(IReadOnlyList<IReadOnlyList<Series>> groups)
    {
        var table = new Table("", "requests/s", "×", "CPU µs/request", "×", "p50 ms", "p99 ms", "p99.9 ms", "failed");
        foreach (var (one, baseline) in groups.SelectMany(group => group.Select(one => (one, group[0]))))
        {
            table.Add(
                one.Name,
                one.Of(sample => sample.PerSecond).ToString("N0"),
                Ratio(one.Against(baseline, sample => sample.PerSecond)),
                one.Of(sample => sample.CpuOfRequest).ToString("0.0"),
                Ratio(one.Against(baseline, sample => sample.CpuOfRequest)),
                Time(one.Of(sample => sample.Load.Latency.P50)),
                Time(one.Of(sample => sample.Load.Latency.P99)),
                Time(one.Of(sample => sample.Load.Latency.P999)),
                one.Failed.ToString("N0", CultureInfo.InvariantCulture));
        }

        return table;
    }

    /// <summary>A table of streams by their events. Ratios are to the first series.</summary>
    public static Table OfStreams(IReadOnlyList<Series> all)
    {
        var table = new Table(
            "", "events/s", "CPU µs/event", "×", "first p50 ms", "first p99 ms", "gap p50 ms", "gap p99 ms", "gap p99.9 ms", "failed");
        foreach (var one in all)
        {
            table.Add(
                one.Name,
                one.Of(sample => sample.EventsPerSecond).ToString("N0"),
                one.Of(sample => sample.CpuOfEvent).ToString("0.00"),
                Ratio(one.Against(all[0], sample => sample.CpuOfEvent)),
                Time(one.Of(sample => sample.Load.FirstEvent.P50)),
                Time(one.Of(sample => sample.Load.FirstEvent.P99)),
                Time(one.Of(sample => sample.Load.Gap.P50)),
                Time(one.Of(sample => sample.Load.Gap.P99)),
                Time(one.Of(sample => sample.Load.Gap.P999)),
                one.Failed.ToString("N0", CultureInfo.InvariantCulture));
        }

        return table;
    }

    private static string Ratio(Spread ratio) => ratio.Median.ToString("0.00", CultureInfo.InvariantCulture);

    // Zero in all rounds means that nothing was recorded.
    private static string Time(Spread time) => time.Max == 0 ? "–" : time.ToString(Milliseconds);
}
