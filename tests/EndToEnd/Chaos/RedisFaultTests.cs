using Prism.Tests.Cluster;
using Prism.Tests.Load;
using Prism.Tests.Processes;

namespace Prism.Tests.Chaos;

/// <summary>What Redis, or the way to it, does to a cluster under load: no silo ends for it, and none is left behind when it is over.</summary>
[Collection(Lanes.Moments), Trait("Suite", "Long")]
public sealed class RedisFaultTests
{
    private const int PerSecond = 50;

    [MachineFact(needsRoot: false, "redis-server")]
    public Task Redis_stands_still_for_20_s() => PrismCluster.RunAsync(silos: 3, async cluster =>
    {
        await using var load = await ChatLoad.StartAsync(cluster.Silos, PerSecond);
        await cluster.OwnRedis.FreezeAsync();
        await load.RunForAsync(TimeSpan.FromSeconds(20));
        await cluster.OwnRedis.ThawAsync();

        await AssertRecoveredAsync(cluster, load);
    });

    [MachineFact(needsRoot: false, "redis-server")]
    public Task All_connections_are_reset_a_dozen_times_a_second_for_30_s() => PrismCluster.RunAsync(silos: 3, async cluster =>
    {
        await using var load = await ChatLoad.StartAsync(cluster.Silos, PerSecond);
        await using var redis = await cluster.OwnRedis.ConnectAsync();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(80));
        var killed = 0L;
        for (var end = load.Now + TimeSpan.FromSeconds(30); load.Now < end; await timer.WaitForNextTickAsync())
        {
            // Not its own: SKIPME is the default.
            killed += (long)await redis.GetServers()[0].ExecuteAsync("CLIENT", "KILL", "TYPE", "normal");
        }

        Assert.True(killed > 300, $"Only {killed} connections were reset.");
        await AssertRecoveredAsync(cluster, load);
    });

    [MachineFact(needsRoot: true, "redis-server", "ip", "nft")]
    public async Task Packets_between_one_silo_and_Redis_are_dropped_for_30_s()
    {
        await using var apart = await NetworkHost.CreateAsync();
        await PrismCluster.RunAsync(silos: 0, async cluster =>
        {
            var redis = cluster.OwnRedis;
            await redis.RunAsync("CONFIG", "SET", "bind", $"127.0.0.1 {apart.Here}");
            await cluster.AddAsync(2, new SiloLaunch { Address = apart.Here });
            var cut = cluster.Start(apart.Launch, ("LLM_REDIS_URL", redis.Url.Replace("127.0.0.1", apart.Here, StringComparison.Ordinal)));
            await cut.ReadyAsync();
            await cluster.SeenActiveAsync();
            await using var load = await ChatLoad.StartAsync(cluster.Silos, PerSecond);

            await apart.DropAsync(redis.Port);
            await Until.TrueAsync("it is not ready", async () => !await cut.AnswersAsync("/healthz/ready"));
            await load.RunForAsync(TimeSpan.FromSeconds(30));
            await apart.HealAsync();

            await AssertRecoveredAsync(cluster, load);
        });
    }

    [MachineFact(needsRoot: false, "redis-server")]
    public Task Redis_comes_back_empty() => PrismCluster.RunAsync(silos: 3, async cluster =>
    {
        await using var load = await ChatLoad.StartAsync(cluster.Silos, PerSecond);
        await cluster.OwnRedis.LoseAllAsync();

        await AssertReplacedAsync(cluster, load, cluster.Silos);
    });

    [MachineFact(needsRoot: false, "redis-server")]
    public Task Redis_is_flushed_and_then_a_silo_is_killed() => PrismCluster.RunAsync(silos: 3, async cluster =>
    {
        await using var load = await ChatLoad.StartAsync(cluster.Silos, PerSecond);
        await cluster.OwnRedis.RunAsync("FLUSHALL");
        await cluster.Silos[0].KillAsync();

        await AssertReplacedAsync(cluster, load, cluster.Silos.Skip(1));
    });

    private static async Task AssertRecoveredAsync(PrismCluster cluster, ChatLoad load)
    {
        await Task.WhenAll(cluster.Silos.Select(silo => silo.ReadyAsync()));
        await cluster.SeenActiveAsync();
        await load.AllBackAsync();
        await AssertRightFromNowOnAsync(load);
        Assert.DoesNotContain(cluster.Silos, silo => silo.HasExited);
    }

    // A silo that no membership table knows is none: it ends with a code that has it started again, and the new ones are a cluster.
    private static async Task AssertReplacedAsync(PrismCluster cluster, ChatLoad load, IEnumerable<PrismProcess> lost)
    {
        foreach (var silo in lost.ToList())
        {
            await silo.WaitForExitAsync(Patience.Limit);
            Assert.NotEqual(0, silo.ExitCode);
        }

        await cluster.AddAsync(3);
        foreach (var silo in cluster.Silos.TakeLast(3))
        {
            await load.AddAsync(silo);
        }

        await AssertRightFromNowOnAsync(load);
    }

    private static async Task AssertRightFromNowOnAsync(ChatLoad load)
    {
        var now = load.Now;
        await load.RunForAsync(TimeSpan.FromSeconds(5));
        FailureTests.AssertAllRight(await load.EndAsync(), now);
    }
}
