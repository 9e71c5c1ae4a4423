using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;
using Prism.Templates;

namespace Prism.Tests.Templates;

/// <summary>A cluster whose silos render templates, over one storage.</summary>
internal sealed class TemplatesCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private TemplatesCluster(InProcessTestCluster cluster) => _cluster = cluster;

    /// <summary>The templates as each silo has them.</summary>
    public IReadOnlyList<IPromptTemplates> Silos => [.. _cluster.Silos.Select(silo => Get<IPromptTemplates>(silo))];

    public IGrainFactory Grains => _cluster.Client;

    public static async Task<TemplatesCluster> StartAsync(short silos, IGrainStorage? storage = null)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            if (storage is null)
            {
                silo.AddMemoryGrainStorage(StorageNames.Catalogs);
            }
            else
            {
                silo.Services.AddKeyedSingleton(StorageNames.Catalogs, storage);
            }

            silo.Services.AddPrismTemplates();
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new(cluster);
    }

    /// <summary>The template grain of an owner's name.</summary>
    public ITemplateGrain Template(string name, string owner = Owners.Global) => Grains.GetGrain<ITemplateGrain>(GrainKeys.Template(owner, name));

    public Task DeactivateAsync(IAddressable grain) => _cluster.DeactivateAsync(grain);

    /// <summary>Ends a silo as a crash does.</summary>
    public Task KillAsync(int silo) => _cluster.KillSiloAsync(_cluster.Silos[silo]);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private T Get<T>(InProcessSiloHandle silo)
        where T : notnull => _cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<T>();
}
