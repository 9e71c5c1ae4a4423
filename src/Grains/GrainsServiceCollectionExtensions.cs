using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Prism.Cache;
using Prism.Chains;
using Prism.Chat;
using Prism.Cluster;
using Prism.Costs;
using Prism.Failover;
using Prism.Keys;
using Prism.Limits;
using Prism.Providers;
using Prism.Routing;
using Prism.Templates;
using Prism.Tokens;
using Prism.Usage;

namespace Prism;

/// <summary>Registers the request pipeline and what its grains need.</summary>
public static class GrainsServiceCollectionExtensions
{
    /// <summary>
    /// Adds the request pipeline as <see cref="IChatService"/>. Needs the providers (<c>AddPrismProviders</c>), a prometheus-net
    /// <c>IMetricFactory</c> and an Orleans silo with reminders and the grain storages of <see cref="StorageNames.All"/>.
    /// </summary>
    public static IServiceCollection AddPrismGrains(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ProviderCatalog>();
        services.AddSingleton<IProviderCatalog>(provider => provider.GetRequiredService<ProviderCatalog>());
        services.TryAddSingleton<IClusterStorage, MemoryStorage>();
        services.TryAddSingleton<ISiloRow, KeptRow>();
        services.AddSingleton<IClusterView, ClusterView>();
        services.AddSingleton<ChatRouter>();
        services.AddSingleton<TokenCounter>();
        services.AddMetrics();
        services.AddSingleton<GenAiMetrics>();
        services.AddSingleton<ChatTelemetry>();
        services.AddPrismCosts();
        services.AddPrismUsage();
        services.AddSingleton<UpstreamCaller>();
        services.AddPrismFailover();
        services.AddPrismCache();
        services.AddSingleton<IChatService, ChatService>();
        services.AddPrismDrain();
        services.AddPrismLimits();
        services.AddPrismTemplates();
        services.AddPrismKeys();
        services.AddPrismChains();
        return services;
    }
}
