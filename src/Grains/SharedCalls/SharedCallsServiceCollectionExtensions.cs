using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Prism.Grains.Interfaces.Memory;

namespace Prism.Grains.SharedCalls;

/// <summary>Registers shared calls.</summary>
internal static class SharedCallsServiceCollectionExtensions
{
    /// <summary>Adds the shared calls of a silo. Their logs are in its memory, unless another <see cref="AnswerLogFactory"/> is registered.</summary>
    public static IServiceCollection AddPrismSharedCalls(this IServiceCollection services)
    {
        services.AddOptions<SharedCallOptions>();
        services.TryAddSingleton(_ => new MemoryBudget(MemoryBudget.DefaultBytes));
        services.TryAddSingleton<AnswerLogFactory>(provider =>
        {
            var (memory, options) = (provider.GetRequiredService<MemoryBudget>(), provider.GetRequiredService<IOptions<SharedCallOptions>>().Value);
            return (_, first) => new MemoryAnswerLog(memory.Open(isKept: true), options.MaxBytes, first);
        });
        services.TryAddSingleton<SharedCallRegistry>();
        return services;
    }
}
