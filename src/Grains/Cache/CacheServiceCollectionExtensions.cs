using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Prism.Grains.Cluster;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Settings;
using Prism.Grains.SharedCalls;

namespace Prism.Grains.Cache;

/// <summary>Registers the response cache.</summary>
internal static class CacheServiceCollectionExtensions
{
    /// <summary>
    /// Adds the cache and its shared calls. Where <see cref="CacheOptions.Enabled"/> is on, they need a grain storage named
    /// <see cref="StorageNames.Cache"/> and a reminder service.
    /// </summary>
    public static IServiceCollection AddPrismCache(this IServiceCollection services)
    {
        services.AddPlacementDirector<SiloBoundPlacement, SiloBoundDirector>();
        services.AddStartSettings();
        services.AddSingleton<StoredAnswers>();
        services.AddSingleton<CacheTelemetry>();
        services.AddSingleton<CacheEpoch>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, CacheEpochReader>();
        services.AddSingleton<IResponseCache, CacheClearing>();
        services.AddSingleton<SiloDepartures>();
        services.AddPrismSharedCalls();
        services.AddOptions<SharedCallOptions>().Configure<IOptions<CacheOptions>>(
            static (shared, cache) => shared.MaxBytes = cache.Value.MaxSharedBytes);
        services.AddSingleton<SharedCallLocator>();
        services.AddGrainService<SharedCallService>();
        return services;
    }
}
