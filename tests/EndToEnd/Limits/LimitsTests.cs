using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Prism.Grains.Interfaces.Providers;
using Prism.Grains.Interfaces.Quotas;
using Prism.Tests.Processes;
using Xunit.Abstractions;

namespace Prism.Tests.Limits;

/// <summary>Limits over real processes, counted where it matters: at the provider.</summary>
[Collection(Lanes.Minutes)]
public sealed class LimitsTests(ITestOutputHelper output)
{
    private static readonly double[] Skew = [.9, .05, .05];
    private static readonly double[] Even = [1 / 3.0, 1 / 3.0, 1 / 3.0];

    [Fact]
    public async Task A_burst_over_three_silos_gets_what_is_allowed_and_no_more()
    {
        await using var upstream = await MeteredUpstream.StartAsync();
        await PrismCluster.RunAsync(silos: 3, async cluster =>
        {
            var load = new SkewedLoad();
            // What a silo does first takes long on a busy machine, the ledger's first answer too.
            foreach (var silo in cluster.Silos)
            {
                await Until.TrueAsync($"{silo.Name} has admitted one", Patience.Limit, () => load.TryAsync(silo));
            }

            var before = load.Ends.Values.Sum();
            await load.RunAsync(() => cluster.Silos, Skew, perSecond: 30, TimeSpan.FromSeconds(5));

            Report(load, upstream);
            Assert.InRange(upstream.Calls.Count, 90, 100);
            Assert.Equal(upstream.Calls.Count, load.Answered);
            Assert.Equal(load.Sent - (upstream.Calls.Count - cluster.Silos.Count), load.Ends["TooManyRequests"]);
            Assert.Equal(load.Sent + before, load.Ends.Values.Sum());
        }, [.. upstream.Settings, ("LLM_OPENAI_REQUESTS_PER_MINUTE", "100")]);
    }

    [Fact, Trait("Suite", "Long")]
    public async Task A_thousand_requests_a_minute_are_admitted_of_three_thousand_and_never_more()
    {
        await using var upstream = await MeteredUpstream.StartAsync();
        await PrismCluster.RunAsync(silos: 3, async cluster =>
        {
            var load = new SkewedLoad(SkewedLoad.OfFrozenSilo);
            var from = upstream.Now;
            await load.RunAsync(() => cluster.Silos, Skew, perSecond: 50, TimeSpan.FromMinutes(2));

            Report(load, upstream);
            var minutes = Enumerable.Range(0, 2).Select(minute => Windows.Count(upstream.Calls, from + TimeSpan.FromMinutes(minute))).ToList();
            output.WriteLine($"{string.Join(", ", minutes)} in the two minutes.");
            Assert.InRange(Windows.Most(upstream.Calls), 900, 1_000);
            Assert.All(minutes, count => Assert.InRange(count, 900, 1_000));
            Assert.Equal(load.Sent, load.Ends["TooManyRequests"] + load.Answered);
        }, [.. upstream.Settings, ("LLM_OPENAI_REQUESTS_PER_MINUTE", "1000")]);
    }

    [Fact, Trait("Suite", "Long")]
    public async Task A_budget_under_ten_times_its_demand_is_never_overspent_though_silos_are_killed()
    {
        const long Budget = 60_000;
        const int PerSecond = 150;
        await using var upstream = await MeteredUpstream.StartAsync();
        await PrismCluster.RunAsync(silos: 3, async cluster =>
        {
            var (load, silos) = (new SkewedLoad(SkewedLoad.OfFrozenSilo), cluster.Silos.ToArray());
            var sending = load.RunAsync(() => silos, Even, PerSecond, TimeSpan.FromSeconds(10 * Budget / MeteredUpstream.UsualTokens / PerSecond));
            for (var i = 0; i < silos.Length; i++)
            {
                var spent = (i + 1) * Budget / 5;
                await Until.TrueAsync($"{spent} tokens are spent", Patience.Limit, () => Task.FromResult(upstream.Tokens >= spent));
                await silos[i].KillAsync();
                await cluster.AddAsync(1);
                silos[i] = cluster.Silos[^1];
            }

            await sending;
            Report(load, upstream);
            Assert.InRange(upstream.Tokens, Budget * 0.97, Budget);

            using var client = await cluster.ConnectAsync(silos);
            LimitStatus status = null!;
            await Until.TrueAsync("nobody holds a reservation any more", Patience.Limit, async () =>
            {
                status = (await LedgerOf(client).GetStatusAsync()).Limits.Single();
                return status.Outstanding == 0;
            });
            output.WriteLine($"{status.Remaining} left, {Budget - status.Remaining - upstream.Tokens} died.");
            Assert.InRange(status.Remaining, 0, Budget - upstream.Tokens);
        }, [.. upstream.Settings, ("LLM_OPENAI_TOKENS_PER_MONTH", $"{Budget}")]);
    }

    [Fact, Trait("Suite", "Long")]
    public async Task A_silo_that_is_frozen_with_the_ledger_gives_nothing_away_when_it_goes_on()
    {
        await using var upstream = await MeteredUpstream.StartAsync();
        await PrismCluster.RunAsync(silos: 3, async cluster =>
        {
            var load = new SkewedLoad(SkewedLoad.OfFrozenSilo);
            var sending = load.RunAsync(() => cluster.Silos, Even, perSecond: 30, TimeSpan.FromSeconds(110));
            await Until.TrueAsync("the limit is in use", Patience.Limit, () => Task.FromResult(upstream.Calls.Count > 300));
            var frozen = await FindLedgerAsync(cluster);

            await frozen.FreezeAsync();
            await PassAsync(TimeSpan.FromSeconds(20));
            await frozen.ThawAsync();
            await sending;

            Report(load, upstream);
            Assert.InRange(Windows.Most(upstream.Calls), 500, 600);
            Assert.InRange(upstream.Calls.Count, 750, 1_200);
        }, [.. upstream.Settings, ("LLM_OPENAI_REQUESTS_PER_MINUTE", "600")]);
    }

    private static IProviderGrain LedgerOf(IHost client) => client.Services.GetRequiredService<IGrainFactory>().GetGrain<IProviderGrain>("openai");

    private static async Task<PrismProcess> FindLedgerAsync(PrismCluster cluster)
    {
        using var client = await cluster.ConnectAsync(cluster.Silos);
        var address = await client.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0).GetActivationAddress(LedgerOf(client));
        return cluster.Silos.Single(silo => silo.SiloPort == address!.Endpoint.Port);
    }

    private static async Task PassAsync(TimeSpan duration)
    {
        using var timer = new PeriodicTimer(duration);
        await timer.WaitForNextTickAsync();
    }

    private void Report(SkewedLoad load, MeteredUpstream upstream) => output.WriteLine(
        $"{load.Sent} sent, {upstream.Calls.Count} at the provider with {upstream.Tokens} tokens; {string.Join(", ", load.Ends.Select(end => $"{end.Value} {end.Key}"))}.");
}
