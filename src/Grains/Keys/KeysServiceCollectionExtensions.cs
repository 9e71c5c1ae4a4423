using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Prism.Cluster;

namespace Prism.Keys;

/// <summary>Registers the API keys.</summary>
internal static class KeysServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IApiKeys"/>. Needs a grain storage named <see cref="StorageNames.Catalogs"/>, with etags.</summary>
    public static IServiceCollection AddPrismKeys(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SiloBroadcast>();
        services.AddSingleton<ApiKeyRules>();
        services.AddSingleton<ApiKeyStore>();
        services.AddSingleton<ApiKeyHeartbeat>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<ApiKeyHeartbeat>());
        services.AddSingleton<ApiKeyCopies>();
        services.AddSingleton<IApiKeys>(provider => provider.GetRequiredService<ApiKeyCopies>());
        services.AddSingleton<ApiKeyBroadcast>();
        services.AddGrainService<ApiKeyCopiesService>();
        return services;
    }
}
