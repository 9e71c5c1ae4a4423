using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Prism.Failover;

namespace Prism.Limits;

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
        services.TryAddSingleton<Tokens.TokenCounter>();
        services.AddSingleton<ILedgerCluster, LedgerCluster>();
        services.AddSingleton<LimitTelemetry>();
        services.AddSingleton<FailoverTelemetry>();
        services.AddSingleton<PromptBound>();
        services.AddSingleton<TokenBound>();
        services.AddSingleton<ProviderLeases>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<ProviderLeases>());
        services.AddSingleton<ProviderAdmission>();
        return services;
    }
}
