using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;
using Prism.Grains.Chains;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Templates;
using Prism.Grains.Templates;
using Prism.Pipeline;
using Prism.Providers;
using Prism.Tests.Chat;
using Prism.Tests.Cluster;

namespace Prism.Tests.Catalog;

/// <summary>A cluster that keeps templates and chains, over one storage. It has one provider, <c>vendor</c>.</summary>
internal sealed class CatalogCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private CatalogCluster(InProcessTestCluster cluster) => _cluster = cluster;

    /// <summary>The templates as each silo has them.</summary>
    public IReadOnlyList<IPromptTemplates> Silos => [.. _cluster.Silos.Select(silo => Get<IPromptTemplates>(silo))];

    public IGrainFactory Grains => _cluster.Client;

    public static async Task<CatalogCluster> StartAsync(short silos, IGrainStorage? storage = null)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseSmallDirectoryCache();
            if (storage is null)
            {
                silo.AddMemoryGrainStorage(StorageNames.Catalogs);
            }
            else
            {
                silo.Services.AddKeyedSingleton(StorageNames.Catalogs, storage);
            }

            silo.Services.AddPrismTemplates().Configure<TemplateOptions>(options => options.Deadline = Patience.Limit)
                .AddPrismChains()
                .AddPrismRouting()
                .AddSingleton(new ProviderRegistry("vendor", [ScriptedProvider.Create("vendor", "gpt-4o")]));
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new(cluster);
    }

    /// <summary>The template grain of an owner's name.</summary>
    public ITemplateGrain Template(string name, string owner = Owners.Global) => Grains.GetGrain<ITemplateGrain>(GrainKeys.Template(owner, name));

    /// <summary>The grain of an owner's stored chain.</summary>
    public IChainCatalogGrain Chain(string name, string owner = Owners.Global) =>
        Grains.GetGrain<IChainCatalogGrain>(GrainKeys.Chain(owner, name));

    public Task DeactivateAsync(IAddressable grain) => _cluster.DeactivateAsync(grain);

    /// <summary>Ends a silo as a crash does.</summary>
    public Task KillAsync(int silo) => _cluster.KillAndBuryAsync(_cluster.Silos[silo]);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private T Get<T>(InProcessSiloHandle silo)
        where T : notnull => _cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<T>();
}
