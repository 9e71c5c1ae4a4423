using Prism.Bench.Processes;
using Prism.Bench.Report;

namespace Prism.Bench.Cases;

/// <summary>Requests with whole answers.</summary>
internal static class RequestCases
{
    private const int ManyConnections = 64;
    private const double OpenRate = 2_000;
    private const string Direct = "the upstream itself";

    public static async Task<CaseReport> EchoAsync(Testbed testbed, Budget budget, CancellationToken cancellationToken)
    {
        var kestrel = await testbed.KestrelAsync();
        var contenders = new List<Contender> { new("bare Kestrel", [kestrel], Plans.Echo([kestrel])) };
        contenders.AddRange(await Contenders.OfPrismAsync(testbed, "", PrismSetup.Default, silos => Plans.Echo(silos)));
        contenders.AddRange(await Contenders.OfPrismAsync(testbed, ", everything on", PrismSetup.Everything, silos => Plans.Echo(silos)));
        var all = await Rounds.RunAsync(testbed.Load, contenders, budget, cancellationToken);
        return Reports.Of(
            Tables.OfRequests(all), all, Verdict.AtLeast("echo: requests/s", 0.65, all[1].Against(all[0], one => one.PerSecond).Median, "× bare Kestrel's"));
    }

    public static async Task<CaseReport> JsonAsync(Testbed testbed, Budget budget, CancellationToken cancellationToken)
    {
        var contenders = await ProxiesAsync(testbed, ManyConnections);
        var all = await Rounds.RunAsync(testbed.Load, contenders, budget, cancellationToken);
        return Reports.Of(
            Tables.OfRequests(all),
            all,
            Verdict.AtMost("proxied JSON: CPU a request", 1.2, PrismOf(all).Against(all[0], one => one.CpuOfRequest).Median, "× YARP's"));
    }

    public static async Task<CaseReport> LatencyAsync(Testbed testbed, Budget budget, CancellationToken cancellationToken)
    {
        var contenders = (await ProxiesAsync(testbed, 1)).Select(one => one with { WarmUps = [one.Plan with { Connections = 16 }] }).ToList();
        var all = await Rounds.RunAsync(testbed.Load, contenders, budget, cancellationToken);
        var (direct, prism) = (all.Single(one => one.Name == Direct), PrismOf(all));
        return Reports.Of(
            Tables.OfRequests(all),
            all,
            Verdict.AtMost("proxied JSON, one connection: added p50", 0.15, prism.Above(direct, one => one.Load.Latency.P50).Median, "ms"),
            Verdict.AtMost("proxied JSON, one connection: added p99", 0.5, prism.Above(direct, one => one.Load.Latency.P99).Median, "ms"));
    }

    public static async Task<CaseReport> OpenAsync(Testbed testbed, Budget budget, CancellationToken cancellationToken)
    {
        var contenders = (await ProxiesAsync(testbed, ManyConnections)).Select(one => one with { Plan = one.Plan with { PerSecond = OpenRate } }).ToList();
        var all = await Rounds.RunAsync(testbed.Load, contenders, budget, cancellationToken);
        return Reports.Of(Tables.OfRequests(all), all);
    }

    public static async Task<CaseReport> FeaturesAsync(Testbed testbed, Budget budget, CancellationToken cancellationToken)
    {
        (string Name, PrismSetup Setup)[] setups =
        [
            (", nothing on", PrismSetup.Nothing),
            (", metrics", PrismSetup.Nothing with { Metrics = true }),
            (", log line", PrismSetup.Nothing with { Log = true }),
            (", keys", PrismSetup.Nothing with { Keys = true }),
            (", limits", PrismSetup.Nothing with { Limits = true }),
            (", limits and budgets", PrismSetup.Nothing with { Limits = true, Budgets = true }),
            (", everything on", PrismSetup.Everything),
            (", and the dashboard", PrismSetup.Everything with { Dashboard = true }),
        ];
        var contenders = new List<Contender>();
        foreach (var (name, setup) in setups)
        {
            contenders.AddRange(await Contenders.OfPrismAsync(testbed, name, setup, silos => Plans.Json(silos, Plans.PrismPath(Paths.Json), ManyConnections)));
        }

        var all = await Rounds.RunAsync(testbed.Load, contenders, budget, cancellationToken);
        return Reports.Of(Tables.OfRequests(all), all);
    }

    public static async Task<CaseReport> BodiesAsync(Testbed testbed, Budget budget, CancellationToken cancellationToken)
    {
        var (yarp, contenders) = (await testbed.YarpAsync(), new List<Contender>());
        var prisms = await Contenders.OfPrismAsync(testbed, "", PrismSetup.Everything, silos => Plans.Json(silos, Plans.PrismPath(Paths.Json), 16));
        foreach (var (size, length) in ((string, int)[])[("1 KB", 1_000), ("100 KB", 100_000), ("1 MB", 1_000_000)])
        {
            contenders.Add(new($"YARP, {size}", [yarp], Plans.Json([yarp], Plans.DirectPath(Paths.Json), 16, length)));
            contenders.AddRange(prisms.Select(prism => prism with
            {
                Name = $"{prism.Name}, {size}",
                Plan = Plans.Json(prism.Servers, prism.Plan.Path, 16, length),
            }));
        }

        var all = await Rounds.RunAsync(testbed.Load, contenders, budget, cancellationToken);
        // YARP, then every build of Prism, for each size.
        Series[][] sizes = [.. all.Chunk(1 + prisms.Count)];
        return Reports.Of(Tables.OfRequests(sizes), all, BodyVerdict("100 KB", sizes[1]), BodyVerdict("1 MB", sizes[2]));
    }

    private static Verdict BodyVerdict(string size, Series[] ofSize) => Verdict.AtMost(
        $"body of {size}: CPU a request", 1.3, ofSize[1].Against(ofSize[0], one => one.CpuOfRequest).Median, "× YARP's");

    private static Series PrismOf(IReadOnlyList<Series> all) => all.First(one => one.Name.StartsWith("Prism", StringComparison.Ordinal));

    private static async Task<List<Contender>> ProxiesAsync(Testbed testbed, int connections)
    {
        var (yarp, path) = (await testbed.YarpAsync(), Plans.DirectPath(Paths.Json));
        var contenders = new List<Contender> { new("YARP", [yarp], Plans.Json([yarp], path, connections)) };
        contenders.AddRange(await Contenders.OfPrismAsync(
            testbed, "", PrismSetup.Everything, silos => Plans.Json(silos, Plans.PrismPath(Paths.Json), connections)));
        if (await testbed.NginxAsync() is { } nginx)
        {
            contenders.Add(new("nginx", [nginx], Plans.Json([nginx], path, connections)));
        }

        contenders.Add(new(Direct, [testbed.Upstream], Plans.Json([testbed.Upstream], path, connections)));
        return contenders;
    }
}
