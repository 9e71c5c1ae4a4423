using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Prism.Grains.Breakers;
using Prism.Grains.Interfaces;
using Prism.Grains.Settings;
using Prism.Providers;

namespace Prism.Grains.Quotas;

/// <summary>Registers the limits of providers.</summary>
public static class LimitsServiceCollectionExtensions
{
    /// <summary>
    /// Adds limits and budgets, which are part of each provider's options. Needs the providers (<c>AddPrismProviders</c>), the silo's drain
    /// (<c>AddPrismDrain</c>), a prometheus-net <c>IMetricFactory</c> and an Orleans silo with a grain storage named <see cref="StorageNames.Ledgers"/>.
    /// </summary>
    public static IServiceCollection AddPrismLimits(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddStartSettings();
        services.TryAddSingleton<IProviderSource>(provider => provider.GetRequiredService<ProviderRegistry>());
        services.AddSingleton<ILedgerCluster, LedgerCluster>();
        services.AddSingleton<LimitTelemetry>();
        services.AddSingleton<BreakerTelemetry>();
        services.AddSingleton<ProviderLeases>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<ProviderLeases>());
        return services;
    }
}
