using System.Net;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Prism.Tests.Redis;

namespace Prism.Tests.Processes;

/// <summary>Real Prism processes that are one cluster on a Redis of their own.</summary>
internal sealed class PrismCluster : IAsyncDisposable
{
    private readonly List<PrismProcess> _silos = [];
    private readonly (string Name, string Value)[] _environment;
    private readonly string _logs;

    private PrismCluster(TestRedis redis, string id, string logs, (string Name, string Value)[] environment)
    {
        (Redis, Id, _logs) = (redis, id, logs);
        _environment = [("LLM_REDIS_URL", redis.Url), ("LLM_CLUSTER_ID", id), ("LLM_SERVICE_ID", id), .. environment];
    }

    public TestRedis Redis { get; }

    /// <summary>Its cluster id and service id, which all its keys begin with.</summary>
    public string Id { get; }

    /// <summary>Every silo that was started, in this order.</summary>
    public IReadOnlyList<PrismProcess> Silos => _silos;

    /// <summary>Starts a cluster, has a test done on it, and ends it. Where the test fails, the processes' logs stay, and it says where.</summary>
    /// <param name="silos">How many silos, all ready when the test begins.</param>
    /// <param name="test">The test.</param>
    /// <param name="environment"><c>LLM_…</c> variables of all silos.</param>
    public static async Task RunAsync(int silos, Func<PrismCluster, Task> test, params (string Name, string Value)[] environment)
    {
        var id = "e2e-" + Guid.NewGuid().ToString("N")[..8];
        var logs = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "logs", id)).FullName;
        try
        {
            await using var redis = await TestRedis.StartAsync(logs, prefix: id);
            await using var cluster = new PrismCluster(redis, id, logs, environment);
            await cluster.AddAsync(silos);
            await test(cluster);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{exception.Message} (The logs of the processes are in {logs}.)", exception);
        }

        Directory.Delete(logs, recursive: true);
    }

    /// <summary>The Redis where it is a <c>redis-server</c> of the test's own, which more can be done to than to another.</summary>
    public RedisServerProcess OwnRedis => Redis as RedisServerProcess
        ?? throw new InvalidOperationException($"This test needs a redis-server of its own on the PATH, not {Redis.Kind}.");

    /// <summary>Starts one silo, ready or not.</summary>
    public PrismProcess Start(params (string Name, string Value)[] environment) => Start(new SiloLaunch(), environment);

    /// <summary>Starts one silo in a way of its own, ready or not.</summary>
    public PrismProcess Start(SiloLaunch launch, params (string Name, string Value)[] environment)
    {
        var silo = PrismProcess.Start($"silo-{_silos.Count}", _logs, launch, [.. _environment, .. environment]);
        _silos.Add(silo);
        return silo;
    }

    /// <summary>Starts silos and waits until they serve and each of them sees all that run.</summary>
    public Task AddAsync(int count) => AddAsync(count, new SiloLaunch());

    /// <summary>Starts silos in a way of their own and waits until they serve and each of them sees all that run.</summary>
    public async Task AddAsync(int count, SiloLaunch launch)
    {
        var added = Enumerable.Range(0, count).Select(_ => Start(launch)).ToList();
        await Task.WhenAll(added.Select(silo => silo.ReadyAsync()));
        await SeenActiveAsync();
    }

    /// <summary>Waits until each silo that runs sees exactly those that run, and all of them active.</summary>
    public Task SeenActiveAsync()
    {
        var running = _silos.Where(silo => !silo.HasExited).ToList();
        var expected = running.Select(silo => silo.SiloPort).Order().ToList();
        return Until.TrueAsync("all silos see each other", Patience.Limit, async () =>
        {
            var views = await Task.WhenAll(running.Select(silo => silo.GetSilosAsync()));
            return views.All(view => view.Keys.Order().SequenceEqual(expected) && view.Values.All(status => status == "active"));
        });
    }

    /// <summary>An Orleans client of the cluster, through the gateways of some silos.</summary>
    public async Task<IHost> ConnectAsync(IEnumerable<PrismProcess> silos)
    {
        var gateways = silos.Select(silo => new IPEndPoint(IPAddress.Loopback, silo.GatewayPort)).ToArray();
        var client = new HostBuilder()
            .UseOrleansClient(client => client
                .UseStaticClustering(gateways)
                .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (Id, Id))
                .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(5)))
            .Build();
        await client.StartAsync();
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }
    }
}
