using Microsoft.Extensions.DependencyInjection;
using Prism.Grains.Interfaces;
using Prism.Grains.Settings;

namespace Prism.Grains.Usage;

/// <summary>Registers the record of usage.</summary>
internal static class UsageServiceCollectionExtensions
{
    /// <summary>
    /// Adds the <see cref="UsageBuffer"/> of this silo, and its reporter. Needs an Orleans silo with the grain storages
    /// <see cref="StorageNames.Ledgers"/> and <see cref="StorageNames.Catalogs"/>.
    /// </summary>
    public static IServiceCollection AddPrismUsage(this IServiceCollection services)
    {
        services.AddStartSettings();
        services.AddSingleton(provider => new UsageBuffer(provider.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString()));
        services.AddSingleton<UsageReporter>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<UsageReporter>());
        return services;
    }
}
