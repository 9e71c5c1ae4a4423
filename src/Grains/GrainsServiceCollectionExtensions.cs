using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Prism.Grains.Breakers;
using Prism.Grains.Cache;
using Prism.Grains.Chains;
using Prism.Grains.Cluster;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cluster;
using Prism.Grains.Interfaces.Providers;
using Prism.Grains.Keys;
using Prism.Grains.Providers;
using Prism.Grains.Quotas;
using Prism.Grains.Templates;
using Prism.Grains.Usage;

namespace Prism.Grains;

/// <summary>Registers the services of the grains.</summary>
public static class GrainsServiceCollectionExtensions
{
    /// <summary>
    /// Adds the services of the grains, and this silo's side for the request pipeline. Needs the providers (<c>AddPrismProviders</c>), the pipeline
    /// (<c>AddPrismPipeline</c>), a prometheus-net <c>IMetricFactory</c> and an Orleans silo with reminders and the grain storages of <see
    /// cref="StorageNames.All"/>.
    /// </summary>
    public static IServiceCollection AddPrismGrains(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ProviderCatalog>();
        services.AddSingleton<IProviderCatalog>(provider => provider.GetRequiredService<ProviderCatalog>());
        services.TryAddSingleton<IClusterStorage, MemoryStorage>();
        services.TryAddSingleton<ISiloRow, KeptRow>();
        services.AddSingleton<IClusterView, ClusterView>();
        services.AddPrismUsage();
        services.AddPrismBreakers();
        services.AddPrismCache();
        services.AddPrismDrain();
        services.AddPrismLimits();
        services.AddPrismTemplates();
        services.AddPrismKeys();
        services.AddPrismChains();
        return services;
    }
}
