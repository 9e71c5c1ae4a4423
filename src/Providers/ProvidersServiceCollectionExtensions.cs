using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Prism.Grains.Interfaces.Memory;
using Prism.Providers.Upstream;

namespace Prism.Providers;

/// <summary>Registers the providers.</summary>
public static class ProvidersServiceCollectionExtensions
{
    /// <summary>Adds the <see cref="ProviderRegistry"/> with every provider of <see cref="ProvidersOptions"/>, which the caller configures.</summary>
    public static IServiceCollection AddPrismProviders(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => new MemoryBudget(MemoryBudget.DefaultBytes));
        services.AddLogging();
        services.AddProviderParts();
        services.AddOptions();
        services.AddSingleton(provider => new ProviderFactory(provider));
        services.AddSingleton(provider =>
            provider.GetRequiredService<ProviderFactory>().Create(provider.GetRequiredService<IOptions<ProvidersOptions>>().Value));
        return services;
    }

    internal static SocketsHttpHandler CreateHandler(ProviderOptions options) => new()
    {
        // An upstream that redirects is misconfigured or hostile: following would send it the key.
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = options.ConnectTimeout,
        // Providers move behind DNS names.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // A cancelled answer must end at once, not after the rest of it has been generated and read.
        MaxResponseDrainSize = 0,
        ActivityHeadersPropagator = new TraceContextPropagator(),
    };
}
