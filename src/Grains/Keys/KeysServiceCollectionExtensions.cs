using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Storage;
using Prism.Grains.Cluster;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cluster;
using Prism.Grains.Interfaces.Keys;

namespace Prism.Grains.Keys;

/// <summary>Registers the API keys.</summary>
internal static class KeysServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IApiKeys"/> and the limits of keys. Needs the limits of providers (<c>AddPrismLimits</c>), and grain storages with etags named <see cref="StorageNames.Catalogs"/> and <see cref="StorageNames.Ledgers"/>.
    /// </summary>
    public static IServiceCollection AddPrismKeys(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IClusterStorage, MemoryStorage>();
        services.TryAddSingleton<SiloBroadcast>();
        services.AddSingleton<ApiKeyRules>();
        services.AddSingleton(provider => new ApiKeyStore(() => provider.GetRequiredKeyedService<IGrainStorage>(StorageNames.Catalogs)));
        services.AddSingleton<ApiKeyHeartbeat>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<ApiKeyHeartbeat>());
        services.AddSingleton<ApiKeyCopies>();
        services.AddSingleton<IApiKeys>(provider => provider.GetRequiredService<ApiKeyCopies>());
        services.AddSingleton<ApiKeyBroadcast>();
        services.AddSingleton<KeyLeases>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<KeyLeases>());
        services.AddSingleton<IKeyRequests, KeyRequests>();
        services.AddGrainService<ApiKeyCopiesService>();
        return services;
    }
}
