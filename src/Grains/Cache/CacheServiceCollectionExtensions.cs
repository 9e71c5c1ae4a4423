using Microsoft.Extensions.DependencyInjection;
using Prism.Cluster;
using Prism.Flights;

namespace Prism.Cache;

/// <summary>Registers the response cache.</summary>
internal static class CacheServiceCollectionExtensions
{
    /// <summary>
    /// Adds the cache and its flights. Where <see cref="CacheOptions.Enabled"/> is on, they need a grain storage named
    /// <see cref="StorageNames.Cache"/> and a reminder service.
    /// </summary>
    public static IServiceCollection AddPrismCache(this IServiceCollection services)
    {
        services.AddPlacementDirector<SiloBoundPlacement, SiloBoundDirector>();
        services.AddOptions<CacheOptions>();
        services.AddSingleton<CacheTelemetry>();
        services.AddSingleton<CacheEpoch>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, CacheEpochReader>();
        services.AddSingleton<IResponseCache, CacheClearing>();
        services.AddSingleton<SiloDepartures>();
        services.AddSingleton<FlightSearch>();
        services.AddGrainService<FlightService>();
        services.AddSingleton<FlightLeader>();
        services.AddSingleton<CacheDesk>();
        services.AddSingleton<CachedCaller>();
        return services;
    }
}
