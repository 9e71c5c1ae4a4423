using System.Globalization;
using Prism.Bench.Report;

namespace Prism.Bench.Cases;

/// <summary>Series as tables. The first contender is what the others are compared with.</summary>
internal static class Tables
{
    private const string Milliseconds = "0.00";

    /// <summary>Requests.</summary>
    public static Table OfRequests(IReadOnlyList<Series> all)
    {
        var table = new Table("", "requests/s", "×", "CPU µs/request", "×", "p50 ms", "p99 ms", "p99.9 ms", "failed");
        foreach (var one in all)
        {
            table.Add(
                one.Name,
                one.Of(sample => sample.PerSecond).ToString("N0"),
                Ratio(one.Against(all[0], sample => sample.PerSecond)),
                one.Of(sample => sample.CpuOfRequest).ToString("0.0"),
                Ratio(one.Against(all[0], sample => sample.CpuOfRequest)),
                Time(one.Of(sample => sample.Load.Latency.P50)),
                Time(one.Of(sample => sample.Load.Latency.P99)),
                Time(one.Of(sample => sample.Load.Latency.P999)),
                one.Failed.ToString("N0", CultureInfo.InvariantCulture));
        }

        return table;
    }

    /// <summary>Streams, by their events.</summary>
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

    // Nothing takes no time: there was none in any round.
    private static string Time(Spread time) => time.Max == 0 ? "–" : time.ToString(Milliseconds);
}
