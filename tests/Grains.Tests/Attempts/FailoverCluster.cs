using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.TestingHost;
using Prism.Grains;
using Prism.Grains.Breakers;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline;
using Prism.Pipeline.Attempts;
using Prism.Providers;
using Prism.Tests.Cache;
using Prism.Tests.Chat;
using Prism.Tests.Cluster;
using Prometheus;

namespace Prism.Tests.Attempts;

/// <summary>Silos in one process whose circuits are one; each has a scripted provider of its own, without any limit.</summary>
internal sealed class FailoverCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private FailoverCluster(InProcessTestCluster cluster) => _cluster = cluster;

    public required FakeTimeProvider Time { get; init; }

    public required GrainCalls GrainCalls { get; init; }

    public required RecordingLog<CircuitBoard>[] Logs { get; init; }

    public static async Task<FailoverCluster> StartAsync(short silos, Action<BreakerOptions> configure)
    {
        var (time, calls, started) = (new FakeTimeProvider(), new GrainCalls(), -1);
        var logs = Enumerable.Range(0, silos).Select(_ => new RecordingLog<CircuitBoard>()).ToArray();
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseSmallDirectoryCache();
            silo.AddMemoryGrainStorage(StorageNames.Ledgers).AddMemoryGrainStorage(StorageNames.Catalogs);
            silo.UseInMemoryReminderService().AddIncomingGrainCallFilter(calls);
            silo.Services.AddSingleton<TimeProvider>(time).UseTimeProviderForBackgroundAreas(TimeProvider.System);
            silo.Services
                .AddSingleton<IMetricFactory>(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()))
                .AddSingleton(ScriptedProvider.Create("vendor", "gpt-4o"))
                .AddSingleton(services => new ProviderRegistry("vendor", [services.GetRequiredService<ScriptedProvider>()]))
                .AddPrismGrains().AddPrismPipeline()
                .AddSingleton<ILogger<CircuitBoard>>(logs[Interlocked.Increment(ref started)])
                .Configure<AttemptOptions>(options => options.MaxRetries = 0)
                .Configure(configure);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new(cluster) { Time = time, GrainCalls = calls, Logs = logs };
    }

    public ScriptedProvider Provider(int silo) => Get<ScriptedProvider>(silo);

    public Task<ChatOutcome> CompleteAsync(int silo) => Get<IChatService>(silo).CompleteAsync(TestPipeline.Ask(), CancellationToken.None);

    /// <summary>Lifts what holds the provider back, through one silo.</summary>
    public Task<bool> LiftAsync(int silo, string provider) => Get<IProviderHolds>(silo).LiftAsync(provider);

    /// <summary>Waits until every silo has heard how the circuit stands.</summary>
    public Task HeardAsync(CircuitState state) =>
        Task.WhenAll(Logs.Select(log => log.LineAsync($"The circuit of provider vendor is {state}")));

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private T Get<T>(int silo)
        where T : notnull => _cluster.GetSiloServiceProvider(_cluster.Silos[silo].SiloAddress).GetRequiredService<T>();
}
