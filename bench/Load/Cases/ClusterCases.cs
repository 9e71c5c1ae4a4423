using Prism.Bench.Processes;
using Prism.Bench.Report;

namespace Prism.Bench.Cases;

/// <summary>What is done by several silos, or by grains.</summary>
internal static class ClusterCases
{
    private const int ManyConnections = 64;

    private const string Chain = """
        {"steps":[
          {"name":"first","output_key":"summary","provider":"echo","template":"Summarize this: {{ article }}"},
          {"name":"second","output_key":"points","provider":"echo","template":"Extract key points from: {{ summary }}"}],
         "inputs":{"article":"Orleans is a framework for distributed applications."}}
        """;

    public static async Task<CaseReport> SilosAsync(Field field, Budget budget, CancellationToken cancellationToken)
    {
        var contenders = new List<Contender>();
        foreach (var count in (int[])[1, 2, 3])
        {
            contenders.AddRange(await Contenders.OfPrismAsync(
                field,
                count == 1 ? ", one silo" : $", {count} silos",
                PrismSetup.Everything with { Silos = count, OnRedis = true },
                silos => Plans.Json(silos, Plans.PrismPath(Paths.Json), ManyConnections)));
        }

        if (contenders is [])
        {
            return Reports.WithoutRedis;
        }

        var all = await Rounds.RunAsync(field.Load, contenders, budget, cancellationToken);
        return Reports.Of(
            Tables.OfRequests(all), all, Verdict.AtMost("three silos: CPU a request", 1.15, all[^1].Against(all[0], one => one.CpuOfRequest).Median, "× one silo's"));
    }

    public static async Task<CaseReport> ChainAsync(Field field, Budget budget, CancellationToken cancellationToken)
    {
        var contenders = new List<Contender>();
        contenders.AddRange(await Contenders.OfPrismAsync(field, ", one echo", PrismSetup.Default, silos => Plans.Echo(silos, 16)));
        contenders.AddRange(await Contenders.OfPrismAsync(field, ", chain in memory", PrismSetup.Default, ChainPlan));
        contenders.AddRange(await Contenders.OfPrismAsync(field, ", chain on Redis", PrismSetup.Default with { OnRedis = true }, ChainPlan));
        var all = await Rounds.RunAsync(field.Load, contenders, budget, cancellationToken);
        return Reports.Of(Tables.OfRequests(all), all);
    }

    private static Generator.LoadPlan ChainPlan(IReadOnlyList<ServerProcess> silos) =>
        Plans.Of(silos, "/v1/runs", Chain.ReplaceLineEndings(" "), "\"succeeded\"", 16);
}
