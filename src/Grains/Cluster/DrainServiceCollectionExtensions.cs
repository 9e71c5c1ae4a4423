using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Prism.Grains.Chat;
using Prism.Grains.Interfaces.Cluster;
using Prism.Grains.SharedCalls;

namespace Prism.Grains.Cluster;

/// <summary>Registers the work of a silo before it stops.</summary>
internal static class DrainServiceCollectionExtensions
{
    /// <summary>Adds the <see cref="SiloDrain"/>, with the calls and shared calls that it waits for. Without an <see cref="IDrain"/> it has all the time it takes.</summary>
    public static IServiceCollection AddPrismDrain(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IDrain, NoDrain>();
        services.AddPrismSharedCalls();
        services.AddSingleton<ChatGrainCalls>();
        services.AddSingleton<SiloDrain>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SiloDrain>());
        return services;
    }
}
