using Prism.Bench.Processes;
using Prism.Bench.Report;

namespace Prism.Bench.Cases;

/// <summary>Work of several silos, and of chains.</summary>
internal static class ClusterCases
{
    private const int ManyConnections = 64;

    private const string Chain = """
        {"steps":[
          {"name":"first","output_key":"summary","provider":"echo","template":"Summarize this: {{ article }}"},
          {"name":"second","output_key":"points","provider":"echo","template":"Extract key points from: {{ summary }}"}],
         "inputs":{"article":"Orleans is a framework for distributed applications."}}
        """;

    public static async Task<CaseReport> SilosAsync(Testbed testbed, Budget budget, CancellationToken cancellationToken)
    {
        var contenders = new List<Contender>();
        foreach (var count in (int[])[1, 2, 3])
        {
            contenders.AddRange(await Contenders.OfPrismAsync(
                testbed,
                count == 1 ? ", one silo" : $", {count} silos",
                PrismSetup.Everything with { Silos = count, OnRedis = true },
                silos => Plans.Json(silos, Plans.PrismPath(Paths.Json), ManyConnections)));
        }

        if (contenders is [])
        {
            return Reports.WithoutRedis;
        }

        var all = await Rounds.RunAsync(testbed.Load, contenders, budget, cancellationToken);
        return Reports.Of(
            Tables.OfRequests(all), all, Verdict.AtMost("three silos: CPU a request", 1.15, all[^1].Against(all[0], one => one.CpuOfRequest).Median, "× one silo's"));
    }

    public static async Task<CaseReport> ChainAsync(Testbed testbed, Budget budget, CancellationToken cancellationToken)
    {
        var contenders = new List<Contender>();
        contenders.AddRange(await Contenders.OfPrismAsync(testbed, ", one echo", PrismSetup.Default, silos => Plans.Echo(silos, 16)));
        contenders.AddRange(await Contenders.OfPrismAsync(testbed, ", chain in memory", PrismSetup.Default, ChainPlan));
        contenders.AddRange(await Contenders.OfPrismAsync(testbed, ", chain on Redis", PrismSetup.Default with { OnRedis = true }, ChainPlan));
        var all = await Rounds.RunAsync(testbed.Load, contenders, budget, cancellationToken);
        return Reports.Of(Tables.OfRequests(all), all);
    }

    private static Generator.LoadPlan ChainPlan(IReadOnlyList<ServerProcess> silos) =>
        Plans.Of(silos, "/v1/runs", Chain.ReplaceLineEndings(" "), "\"succeeded\"", 16);
}
