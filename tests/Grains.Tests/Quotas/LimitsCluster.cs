using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;
using Prism.Grains.Cluster;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Providers;
using Prism.Grains.Quotas;
using Prism.Pipeline;
using Prism.Providers;
using Prism.Tests.Cache;
using Prism.Tests.Cluster;
using Prometheus;

namespace Prism.Tests.Quotas;

/// <summary>A cluster with real grains, whose echo provider has limits.</summary>
internal sealed class LimitsCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private LimitsCluster(InProcessTestCluster cluster) => _cluster = cluster;

    public IProviderGrain Echo => _cluster.Client.GetGrain<IProviderGrain>(GrainKeys.Provider("echo"));

    public IGrainFactory Grains => _cluster.Client;

    public IReadOnlyList<InProcessSiloHandle> Silos => _cluster.Silos;

    public required GrainCalls GrainCalls { get; init; }

    public static async Task<LimitsCluster> StartAsync(short silos, Action<ProviderOptions> limits, IGrainStorage? storage = null)
    {
        var calls = new GrainCalls();
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseSmallDirectoryCache();
            silo.AddIncomingGrainCallFilter(calls);
            if (storage is null)
            {
                silo.AddMemoryGrainStorage(StorageNames.Ledgers);
            }
            else
            {
                silo.Services.AddKeyedSingleton(StorageNames.Ledgers, storage);
            }

            silo.Services.AddSingleton<IMetricFactory>(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));
            silo.Services.AddPrismProviders().AddPrismDrain().AddPrismLimits().AddPrismAdmission();
            silo.Services.Configure<ProvidersOptions>(options =>
            {
                foreach (var (name, provider) in options.Providers)
                {
                    provider.Name = name;
                }

                limits(options.Providers["echo"]);
            });
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new(cluster) { GrainCalls = calls };
    }

    public T Get<T>(int silo) where T : notnull => _cluster.GetSiloServiceProvider(_cluster.Silos[silo].SiloAddress).GetRequiredService<T>();

    public Task StopAsync(int silo) => _cluster.StopSiloAsync(_cluster.Silos[silo]);

    public Task DeactivateAsync(IAddressable grain) => _cluster.DeactivateAsync(grain);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
