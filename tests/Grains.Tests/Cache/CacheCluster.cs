using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Orleans.Storage;
using Orleans.TestingHost;
using Prism.Grains;
using Prism.Grains.Cache;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.SharedCalls;
using Prism.Pipeline;
using Prism.Pipeline.Attempts;
using Prism.Providers;
using Prism.Tests.Chat;
using Prism.Tests.Cluster;
using Prometheus;

namespace Prism.Tests.Cache;

/// <summary>Silos in one process that share a storage and a cache; each has a scripted provider of its own.</summary>
internal sealed class CacheCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private CacheCluster(InProcessTestCluster cluster) => _cluster = cluster;

    public required CacheStorage Storage { get; init; }

    public required GrainCalls GrainCalls { get; init; }

    public IReadOnlyList<InProcessSiloHandle> Silos => _cluster.Silos;

    public IGrainFactory Grains => _cluster.Client;

    /// <summary>How often a provider was called, on any silo.</summary>
    public int UpstreamCalls => Silos.Sum(silo => ProviderOf(silo).Received.Count);

    /// <param name="silos">How many silos.</param>
    /// <param name="configure">Changes the options of the cache, which is on.</param>
    /// <param name="time">The clock of grains and pipeline; null for the machine's.</param>
    /// <param name="storage">Null for a fresh one.</param>
    public static async Task<CacheCluster> StartAsync(
        short silos = 3, Action<CacheOptions>? configure = null, FakeTimeProvider? time = null, CacheStorage? storage = null)
    {
        storage ??= new();
        var calls = new GrainCalls();
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseSmallDirectoryCache();
            silo.Configure<ClusterMembershipOptions>(DeathCertificate.OnlySource);
            silo.UseInMemoryReminderService();
            silo.AddMemoryGrainStorage(StorageNames.Ledgers).AddMemoryGrainStorage(StorageNames.Catalogs);
            silo.AddIncomingGrainCallFilter(calls);
            silo.Services.AddKeyedSingleton<IGrainStorage>(StorageNames.Cache, storage);
            if (time is not null)
            {
                silo.Services.AddSingleton<TimeProvider>(time).UseTimeProviderForBackgroundAreas(TimeProvider.System);
            }

            var registry = Metrics.NewCustomRegistry();
            silo.Services
                .AddSingleton(registry)
                .AddSingleton<IMetricFactory>(Metrics.WithCustomRegistry(registry))
                .AddSingleton(ScriptedProvider.Create("vendor", "gpt-4o"))
                .AddSingleton(services => new ProviderRegistry(
                    "vendor", [services.GetRequiredService<ScriptedProvider>(), ScriptedProvider.Create("second")]))
                .AddPrismGrains().AddPrismPipeline()
                .Configure<AttemptOptions>(options => options.MaxRetries = 0)
                .Configure<CacheOptions>(options =>
                {
                    options.Enabled = true;
                    if (time is null)
                    {
                        // A busy machine is no outage of the cache.
                        options.AskTimeout = options.LostTimeout = options.JoinTimeout = Patience.Limit;
                    }

                    configure?.Invoke(options);
                });
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new(cluster) { Storage = storage, GrainCalls = calls };
    }

    public T Get<T>(int silo) where T : notnull => ServicesOf(Silos[silo]).GetRequiredService<T>();

    public IChatService Chat(int silo) => Get<IChatService>(silo);

    public ScriptedProvider Provider(int silo) => ProviderOf(Silos[silo]);

    /// <summary>Has every provider do the same.</summary>
    public void OnEveryProvider(Action<ScriptedProvider> script)
    {
        foreach (var silo in Silos)
        {
            script(ProviderOf(silo));
        }
    }

    public Task<ChatOutcome> CompleteAsync(int silo, ChatRequest? request = null) =>
        Chat(silo).CompleteAsync(request ?? TestPipeline.Ask(), CancellationToken.None);

    public async Task<List<ChatStreamEvent>> StreamAsync(int silo, ChatRequest? request = null) =>
        await Chat(silo).StreamAsync(request ?? TestPipeline.Ask(), CancellationToken.None).ToListAsync();

    /// <summary>Waits until what is done behind the answers is done.</summary>
    public async Task SettledAsync()
    {
        foreach (var silo in Silos)
        {
            await ServicesOf(silo).GetRequiredService<SharedCallRegistry>().WhenSettledAsync().WaitAsync(Patience.Limit);
        }
    }

    /// <summary>The value of a metric on one silo; 0 where it has none.</summary>
    public async Task<double> MetricAsync(int silo, string sample)
    {
        using var text = new MemoryStream();
        await Get<CollectorRegistry>(silo).CollectAndExportAsTextAsync(text);
        return System.Text.Encoding.UTF8.GetString(text.ToArray()).Split('\n')
            .Where(line => line.StartsWith(sample + " ", StringComparison.Ordinal))
            .Select(line => double.Parse(line[(sample.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture))
            .SingleOrDefault();
    }

    public Task KillAsync(int silo) => _cluster.KillAndBuryAsync(Silos[silo]);

    /// <summary>Ends once every silo knows that this one is dead.</summary>
    public async Task BuriedAsync(SiloAddress dead)
    {
        foreach (var silo in Silos)
        {
            await ServicesOf(silo).GetRequiredService<IClusterMembershipService>().MembershipUpdates
                .FirstAsync(snapshot => snapshot.GetSiloStatus(dead) == SiloStatus.Dead)
                .AsTask().WaitAsync(Patience.Limit);
        }
    }

    public Task StopAsync(int silo) => _cluster.StopSiloAsync(Silos[silo]);

    public Task<InProcessSiloHandle> StartAnotherAsync() => _cluster.StartAdditionalSiloAsync();

    public Task DeactivateAsync(IAddressable grain) => _cluster.DeactivateAsync(grain);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private IServiceProvider ServicesOf(InProcessSiloHandle silo) => _cluster.GetSiloServiceProvider(silo.SiloAddress);

    private ScriptedProvider ProviderOf(InProcessSiloHandle silo) => ServicesOf(silo).GetRequiredService<ScriptedProvider>();
}
