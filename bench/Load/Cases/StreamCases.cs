using System.Globalization;
using Prism.Bench.Processes;
using Prism.Bench.Report;

namespace Prism.Bench.Cases;

/// <summary>Requests with streamed answers.</summary>
internal static class StreamCases
{
    private const string Direct = "the upstream itself";
    private const int FewStreams = 500;
    private const int ManyStreams = 2_000;

    public static async Task<CaseReport> BackToBackAsync(Testbed testbed, Budget budget, CancellationToken cancellationToken)
    {
        var all = await Rounds.RunAsync(testbed.Load, await ProxiesAsync(testbed, Paths.Stream, 16), budget, cancellationToken);
        return Reports.Of(
            Tables.OfStreams(all), all, Verdict.AtMost("proxied stream: CPU a token", 1.3, all[1].Against(all[0], one => one.CpuOfEvent).Median, "× YARP's"));
    }

    public static async Task<CaseReport> FirstTokenAsync(Testbed testbed, Budget budget, CancellationToken cancellationToken)
    {
        var contenders = (await ProxiesAsync(testbed, Paths.Stream, 1)).Select(one => one with { WarmUps = [one.Plan with { Connections = 16 }] }).ToList();
        var all = await Rounds.RunAsync(testbed.Load, contenders, budget, cancellationToken);
        return Reports.Of(Tables.OfStreams(all), all);
    }

    public static async Task<CaseReport> Paced500Async(Testbed testbed, Budget budget, CancellationToken cancellationToken)
    {
        var all = await PacedAsync(testbed, FewStreams, streamsBefore: 0, budget, cancellationToken);
        return WithMemory(
            all,
            FewStreams,
            "Memory a stream, beyond an unpaced load",
            Verdict.AtMost("500 paced streams: CPU a token", 1.15, all[1].Against(all[0], one => one.CpuOfEvent).Median, "× YARP's"),
            Verdict.AtMost("500 paced streams: gap p99 beyond YARP's", 3, all[1].Above(all[0], one => one.Load.Gap.P99).Median, "ms"));
    }

    public static async Task<CaseReport> Paced2000Async(Testbed testbed, Budget budget, CancellationToken cancellationToken)
    {
        var all = await PacedAsync(testbed, ManyStreams, FewStreams, budget, cancellationToken);
        const int Streams = ManyStreams - FewStreams;
        var yarp = MemoryAStream(all[0], Streams);
        return WithMemory(
            all,
            Streams,
            "Memory a stream, beyond the first 500",
            Verdict.AtMost("memory a paced stream beyond the first 500, against YARP's", yarp, MemoryAStream(all[1], Streams), "KB"));
    }

    // A server first has an unpaced load: the memory that it needs for any load is not that of its paced streams.
    private static async Task<IReadOnlyList<Series>> PacedAsync(
        Testbed testbed, int streams, int streamsBefore, Budget budget, CancellationToken cancellationToken)
    {
        var contenders = (await ProxiesAsync(testbed, Paths.Paced, streams))
            .Select(one =>
            {
                var unpaced = one.Plan with { Path = one.Plan.Path.Replace(Paths.Paced, Paths.Stream, StringComparison.Ordinal), Connections = 16 };
                var paced = one.Plan with { WarmUpSeconds = Math.Max(1, Math.Min(budget.WarmUpSeconds, streams / 500.0)) };
                return one with
                {
                    Plan = paced,
                    WarmUps = streamsBefore == 0 ? [unpaced] : [unpaced, paced with { Connections = streamsBefore }],
                };
            })
            .ToList();
        return await Rounds.RunAsync(testbed.Load, contenders, budget, cancellationToken);
    }

    private static CaseReport WithMemory(IReadOnlyList<Series> all, int streams, string title, params Verdict[] verdicts)
    {
        var report = Reports.Of(Tables.OfStreams(all), all, verdicts);
        var text = all.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Name} {MemoryAStream(one, streams):0.#} KB"));
        return report with { Note = $"{title}: {string.Join(", ", text)}.\n{report.Note}" };
    }

    private static double MemoryAStream(Series one, int streams) =>
        (one.Samples.Max(sample => sample.Resident) - one.ResidentBefore) / 1024.0 / streams;

    private static async Task<List<Contender>> ProxiesAsync(Testbed testbed, string upstream, int connections)
    {
        var (yarp, path) = (await testbed.YarpAsync(), Plans.DirectPath(upstream));
        var contenders = new List<Contender> { new("YARP", [yarp], Plans.Stream([yarp], path, connections)) };
        contenders.AddRange(await Contenders.OfPrismAsync(
            testbed, "", PrismSetup.Everything, silos => Plans.Stream(silos, Plans.PrismPath(upstream), connections)));
        contenders.Add(new(Direct, [testbed.Upstream], Plans.Stream([testbed.Upstream], path, connections)));
        return contenders;
    }
}
