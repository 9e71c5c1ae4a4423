using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Prism.Grains.Interfaces.Providers;
using Prism.Grains.Interfaces.Quotas;
using Prism.Tests.Load;
using Prism.Tests.Processes;

namespace Prism.Tests.Cluster;

/// <summary>What becomes of a cluster under load when something breaks.</summary>
[Collection(Lanes.Moments), Trait("Suite", "Long")]
public sealed class FailureTests
{
    private const int PerSecond = 100;

    // echo has a limit that is never reached, so that each request is admitted by leases of a ledger. The ledger of ollama is the tests' own.
    private static readonly (string Name, string Value)[] Limits =
    [
        ("LLM_ECHO_REQUESTS_PER_MINUTE", "1000000"),
        ("LLM_OLLAMA_TOKENS_PER_MONTH", "1000000000"),
    ];

    [Fact]
    public Task A_silo_is_killed() => PrismCluster.RunAsync(silos: 3, async cluster =>
    {
        await using var load = await ChatLoad.StartAsync(cluster.Silos, PerSecond);
        await load.RunForAsync(TimeSpan.FromSeconds(10));

        var killed = load.Now;
        await cluster.Silos[0].KillAsync();
        await load.RunForAsync(TimeSpan.FromSeconds(20));

        var results = await load.EndAsync();
        AssertFewErrors(results);
        AssertAllRight(results, killed + TimeSpan.FromSeconds(3));
    }, Limits);

    [Fact]
    public Task All_silos_are_killed_one_after_the_other_and_replaced() => PrismCluster.RunAsync(silos: 3, async cluster =>
    {
        await using var load = await ChatLoad.StartAsync(cluster.Silos, PerSecond);
        foreach (var silo in cluster.Silos.ToList())
        {
            await load.RunForAsync(TimeSpan.FromSeconds(5));
            await silo.KillAsync();
            await cluster.AddAsync(1);
            await load.AddAsync(cluster.Silos[^1]);
        }

        await load.RunForAsync(TimeSpan.FromSeconds(5));

        AssertFewErrors(await load.EndAsync());
    }, Limits);

    [Fact]
    public Task A_silo_with_a_ledger_is_frozen_for_20_s() => PrismCluster.RunAsync(silos: 3, async cluster =>
    {
        var frozen = await FindLedgerAsync(cluster);
        var others = cluster.Silos.Where(silo => silo != frozen).ToList();
        using var client = await cluster.ConnectAsync(others);
        var ledger = LedgerOf(client);
        await using var chats = await ChatLoad.StartAsync(cluster.Silos, PerSecond);
        await using var asks = new LedgerLoad(ledger, LimitKind.TokensPerMonth);
        await chats.RunForAsync(TimeSpan.FromSeconds(5));

        var freeze = chats.Now;
        await frozen.FreezeAsync();
        await chats.RunForAsync(TimeSpan.FromSeconds(20));
        await frozen.ThawAsync();
        // It finds that the others hold it for dead, and ends.
        await frozen.WaitForExitAsync(TimeSpan.FromSeconds(30));
        await chats.RunForAsync(TimeSpan.FromSeconds(5));

        var results = await chats.EndAsync();
        AssertAllRight(results, freeze + TimeSpan.FromSeconds(10));
        await AssertExactAsync(asks, ledger);
        Assert.InRange(asks.LongestSilence, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }, Limits);

    [Fact]
    public Task Redis_is_away_for_8_s() => PrismCluster.RunAsync(silos: 3, async cluster =>
    {
        using var client = await cluster.ConnectAsync(cluster.Silos);
        var ledger = LedgerOf(client);
        await using var chats = await ChatLoad.StartAsync(cluster.Silos, PerSecond);
        await using var asks = new LedgerLoad(ledger, LimitKind.TokensPerMonth);
        await chats.RunForAsync(TimeSpan.FromSeconds(5));

        await cluster.Redis.GoAwayAsync();
        await chats.RunForAsync(TimeSpan.FromSeconds(8));
        var ready = await Task.WhenAll(cluster.Silos.Select(silo => silo.AnswersAsync("/healthz/ready")));
        var live = await Task.WhenAll(cluster.Silos.Select(silo => silo.AnswersAsync("/healthz/live")));
        await cluster.Redis.ComeBackAsync();
        var back = await asks.NextAsync(TimeSpan.FromSeconds(30));
        await Task.WhenAll(cluster.Silos.Select(silo => silo.ReadyAsync()));
        var allBack = chats.Now;
        await chats.RunForAsync(TimeSpan.FromSeconds(5));

        Assert.Equal([false, false, false], ready);
        Assert.Equal([true, true, true], live);
        Assert.True(back < TimeSpan.FromSeconds(3), $"Acknowledged only after {back}:\n{string.Join('\n', asks.Failures)}");
        var results = await chats.EndAsync();
        AssertAllRight(results, allBack);
        await AssertExactAsync(asks, ledger);
        await cluster.SeenActiveAsync();
    }, Limits);

    private static IProviderGrain LedgerOf(IHost client) => client.Services.GetRequiredService<IGrainFactory>().GetGrain<IProviderGrain>("ollama");

    private static async Task<PrismProcess> FindLedgerAsync(PrismCluster cluster)
    {
        using var client = await cluster.ConnectAsync(cluster.Silos);
        var ledger = LedgerOf(client);
        SiloAddress? address = null;
        await Until.TrueAsync("the ledger is there", Patience.Limit, async () =>
        {
            try
            {
                await ledger.GetStatusAsync();
                address = await client.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0).GetActivationAddress(ledger);
                return true;
            }
            catch (TimeoutException)
            {
                // On a busy machine the first call takes its time.
                return false;
            }
        });
        return cluster.Silos.Single(silo => silo.SiloPort == address!.Endpoint.Port);
    }

    internal static void AssertAllRight(IReadOnlyList<ChatResult> results, TimeSpan from)
    {
        AssertNoneWrong(results);
        Assert.True(
            results.All(result => result.End == ChatEnd.Right || result.Begun <= from),
            $"Something failed after {from}:\n{ChatLoad.Describe(results)}");
    }

    internal static void AssertNoneWrong(IReadOnlyList<ChatResult> results) => Assert.DoesNotContain(results, result => result.End == ChatEnd.Wrong);

    private static void AssertFewErrors(IReadOnlyList<ChatResult> results)
    {
        var errors = results.Where(result => result.End != ChatEnd.Right).ToList();
        Assert.DoesNotContain(errors, error => error.End == ChatEnd.Wrong);
        Assert.True(errors.Count <= results.Count * 0.005, $"{errors.Count} of {results.Count} failed:\n{ChatLoad.Describe(errors)}");
    }

    private static async Task AssertExactAsync(LedgerLoad asks, IProviderGrain ledger)
    {
        await asks.EndAsync();
        var limit = (await ledger.GetStatusAsync()).Limits.Single();
        Assert.Equal(asks.Granted, limit.Limit - limit.Remaining);
        Assert.True(asks.Acknowledged.Count > 100, $"Only {asks.Acknowledged.Count} asks.");
    }
}
