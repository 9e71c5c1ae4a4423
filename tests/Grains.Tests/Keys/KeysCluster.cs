using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Storage;
using Orleans.TestingHost;
using Prism.Grains.Cluster;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Keys;
using Prism.Grains.Keys;
using Prism.Grains.Quotas;
using Prism.Grains.Storage;
using Prism.Providers;
using Prism.Tests.Chat;
using Prism.Tests.Cluster;
using Prometheus;

namespace Prism.Tests.Keys;

/// <summary>Silos that know the same API keys.</summary>
internal sealed class KeysCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private KeysCluster(InProcessTestCluster cluster) => _cluster = cluster;

    /// <summary>The keys as each silo knows them.</summary>
    public IReadOnlyList<IApiKeys> Silos => [.. _cluster.Silos.Select(silo => Get<IApiKeys>(silo))];

    public IGrainStorage Storage =>
        _cluster.GetSiloServiceProvider(_cluster.Silos[0].SiloAddress).GetRequiredKeyedService<IGrainStorage>(StorageNames.Catalogs);

    public ApiKeyStore Store => Get<ApiKeyStore>(_cluster.Silos[0]);

    public IGrainFactory Grains => _cluster.Client;

    public static async Task<KeysCluster> StartAsync(short silos)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseSmallDirectoryCache();
            silo.AddMemoryGrainStorage(StorageNames.Catalogs).AddMemoryGrainStorage(StorageNames.Ledgers);
            silo.Services.Replace(ServiceDescriptor.Singleton<IGrainStorageSerializer, GrainStateSerializer>())
                .AddPrismKeys()
                .AddPrismDrain()
                .AddPrismLimits()
                .AddSingleton<IMetricFactory>(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()))
                .AddSingleton(new ProviderRegistry("vendor", [ScriptedProvider.Create("vendor", "gpt-4o")]));
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new(cluster);
    }

    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>The grain of a key.</summary>
    public IApiKeyGrain Key(string key) => Grains.GetGrain<IApiKeyGrain>(GrainKeys.ApiKey(HashOf(key)));

    /// <summary>Makes a key.</summary>
    public async Task<ApiKey> CreateAsync(string key, ApiKeyTerms? terms = null)
    {
        var outcome = await Key(key).CreateAsync(terms ?? new() { Name = key }, Convert.ToHexStringLower(HashOf(key)));
        return outcome.Key ?? throw new InvalidOperationException(outcome.Error!.Message);
    }

    /// <summary>A key as each silo knows it.</summary>
    public async Task<ApiKey?[]> FindAsync(string key) =>
        await Task.WhenAll(Silos.Select(async silo => (await silo.FindAsync(HashOf(key), CancellationToken.None)).Key));

    public Task DeactivateAsync(IAddressable grain) => _cluster.DeactivateAsync(grain);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private T Get<T>(InProcessSiloHandle silo)
        where T : notnull => _cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<T>();
}
