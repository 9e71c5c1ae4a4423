using System.Globalization;
using Prism.Bench.Processes;
using Prism.Bench.Report;

namespace Prism.Bench.Cases;

/// <summary>Requests whose answers are streams.</summary>
internal static class StreamCases
{
    private const string Direct = "the upstream itself";

    public static async Task<CaseReport> BackToBackAsync(Field field, Budget budget, CancellationToken cancellationToken)
    {
        var all = await Rounds.RunAsync(field.Load, await ProxiesAsync(field, Paths.Stream, 16), budget, cancellationToken);
        return Reports.Of(
            Tables.OfStreams(all), all, Verdict.AtMost("proxied stream: CPU a token", 2, all[1].Against(all[0], one => one.CpuOfEvent).Median, "× YARP's"));
    }

    public static async Task<CaseReport> FirstTokenAsync(Field field, Budget budget, CancellationToken cancellationToken)
    {
        var contenders = (await ProxiesAsync(field, Paths.Stream, 1)).Select(one => one with { WarmUp = one.Plan with { Connections = 16 } }).ToList();
        var all = await Rounds.RunAsync(field.Load, contenders, budget, cancellationToken);
        return Reports.Of(
            Tables.OfStreams(all),
            all,
            Verdict.AtMost("proxied stream, one connection: added time to first token, p99", 1, all[1].Above(all[^1], one => one.Load.FirstEvent.P99).Median, "ms"));
    }

    public static Task<CaseReport> Paced500Async(Field field, Budget budget, CancellationToken cancellationToken) =>
        PacedAsync(field, 500, budget, cancellationToken);

    public static Task<CaseReport> Paced2000Async(Field field, Budget budget, CancellationToken cancellationToken) =>
        PacedAsync(field, 2_000, budget, cancellationToken);

    private static async Task<CaseReport> PacedAsync(Field field, int streams, Budget budget, CancellationToken cancellationToken)
    {
        // The warm-up is not paced: the memory that a server takes for being busy at all is not that of its streams.
        var contenders = (await ProxiesAsync(field, Paths.Paced, streams))
            .Select(one => one with
            {
                Plan = one.Plan with { WarmUpSeconds = Math.Max(1, Math.Min(budget.WarmUpSeconds, streams / 500.0)) },
                WarmUp = one.Plan with { Path = one.Plan.Path.Replace(Paths.Paced, Paths.Stream).Replace("=paced", "=fast"), Connections = 16 },
            })
            .ToList();
        var all = await Rounds.RunAsync(field.Load, contenders, budget, cancellationToken);
        var table = Tables.OfStreams(all);
        var memory = all.Select(one => (one.Samples.Max(sample => sample.Resident) - one.ResidentBefore) / 1024.0 / streams).ToList();
        var report = Reports.Of(
            table,
            all,
            Verdict.AtMost($"{streams:N0} paced streams: gap p99", 30, all[1].Of(one => one.Load.Gap.P99).Median, "ms"),
            Verdict.AtMost($"{streams:N0} paced streams: memory a stream", 40, memory[1], "KB"));
        var text = all.Select((one, i) => string.Create(CultureInfo.InvariantCulture, $"{one.Name} {memory[i]:0} KB"));
        return report with { Note = $"Memory a stream, over what the server had before: {string.Join(", ", text)}.\n{report.Note}" };
    }

    private static async Task<List<Contender>> ProxiesAsync(Field field, string upstream, int connections)
    {
        var (yarp, path) = (await field.YarpAsync(), upstream + Paths.Completions);
        var contenders = new List<Contender> { new("YARP", [yarp], Plans.Stream([yarp], path, connections)) };
        contenders.AddRange(await Contenders.OfPrismAsync(
            field, "", PrismSetup.Everything, silos => Plans.Stream(silos, Plans.PrismPath(upstream), connections)));
        contenders.Add(new(Direct, [field.Upstream], Plans.Stream([field.Upstream], path, connections)));
        return contenders;
    }
}
