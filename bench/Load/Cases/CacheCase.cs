using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using Prism.Bench.Generator;
using Prism.Bench.Processes;
using Prism.Bench.Report;

namespace Prism.Bench.Cases;

/// <summary>Answers from the cache, beside the same answers made afresh by echo: of an entry on the silo that is asked, and of one on another.</summary>
internal static class CacheCase
{
    private const int MostPrompts = 200;

    public static async Task<CaseReport> RunAsync(Field field, Budget budget, CancellationToken cancellationToken)
    {
        var contenders = new List<Contender>();
        contenders.AddRange(await Contenders.OfPrismAsync(field, ", echo without a cache", PrismSetup.Default, silos => Plans.Echo(silos)));
        contenders.AddRange(await Contenders.OfPrismAsync(
            field, ", hit", PrismSetup.Default with { Cache = true }, silos => Plans.Echo(silos)));
        var clusters = await Contenders.OfPrismAsync(
            field, "", PrismSetup.Default with { Cache = true, Silos = 2, OnRedis = true }, silos => Plans.Echo([silos[0]]));
        foreach (var cluster in clusters)
        {
            contenders.Add(cluster with { Name = cluster.Name + ", hit, two silos", Plan = await PromptOnAsync(cluster, holder: 0) });
            contenders.Add(cluster with { Name = cluster.Name + ", hit on another silo", Plan = await PromptOnAsync(cluster, holder: 1) });
        }

        var all = await Rounds.RunAsync(field.Load, contenders, budget, cancellationToken);
        var hit = all.First(one => one.Name.EndsWith(", hit", StringComparison.Ordinal));
        var report = Reports.Of(
            Tables.OfRequests(all), all, Verdict.AtMost("cache hit: CPU", 1.3, hit.Against(all[0], one => one.CpuOfRequest).Median, "× echo's"));
        return clusters is []
            ? report with { Note = $"Another silo: {Reports.WithoutRedis.Note}" }
            : report with
            {
                Verdicts =
                [
                    .. report.Verdicts,
                    Verdict.AtMost("cache hit on another silo: CPU of both", 3, all[^1].Against(all[0], one => one.CpuOfRequest).Median, "× echo's"),
                ],
            };
    }

    // Which silo an entry is on is nobody's business; how many each has, its metrics tell.
    private static async Task<LoadPlan> PromptOnAsync(Contender cluster, int holder)
    {
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{cluster.Servers[0].Port}") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", BenchKey.Value);
        for (var i = 0; i < MostPrompts; i++)
        {
            var body = cluster.Plan.Body.Replace("What is", string.Create(CultureInfo.InvariantCulture, $"Silo {holder}, prompt {i}: What is"), StringComparison.Ordinal);
            var before = await EntriesAsync(cluster.Servers[holder]);
            using var content = new StringContent(body, Encoding.UTF8, MediaTypeNames.Application.Json);
            using var response = await http.PostAsync(new Uri(cluster.Plan.Path, UriKind.Relative), content);
            response.EnsureSuccessStatusCode();
            // It is in memory before it is written, but not before it is answered.
            await Task.Delay(50);
            if (await EntriesAsync(cluster.Servers[holder]) > before)
            {
                return cluster.Plan with { Body = body, Expect = "an actor" };
            }
        }

        throw new InvalidOperationException($"Of {MostPrompts} prompts none is on silo {holder}.");
    }

    private static Task<double> EntriesAsync(ServerProcess silo) => Probe.MetricAsync(silo.Port, "llm_cache_entries");
}
