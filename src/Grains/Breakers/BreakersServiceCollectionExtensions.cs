using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Prism.Grains.Cluster;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Settings;

namespace Prism.Grains.Breakers;

/// <summary>Registers the circuit breakers of providers.</summary>
internal static class BreakersServiceCollectionExtensions
{
    public static IServiceCollection AddPrismBreakers(this IServiceCollection services)
    {
        services.AddStartSettings();
        services.AddSingleton<CircuitBoard>();
        services.AddSingleton<IProviderReports, ProviderReports>();
        services.TryAddSingleton<SiloBroadcast>();
        services.AddSingleton<IProviderHolds, ProviderHolds>();
        services.AddGrainService<ProviderHoldsService>();
        return services;
    }
}
