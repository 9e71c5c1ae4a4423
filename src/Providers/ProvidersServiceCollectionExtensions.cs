using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Prism.Grains.Interfaces.Memory;
using Prism.Providers.Telemetry;
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
        services.AddOptions<ProvidersOptions>().PostConfigure(NameAll);
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<ProvidersOptions>>().Value;
            var trace = provider.GetRequiredService<IOptions<TraceOptions>>().Value;
            return new ProviderRegistry(
                options.DefaultProvider,
                [.. options.Providers.Values.Select(one => new TracedProvider(Create(one, provider), trace))],
                options.FallbackProviders);
        });
        return services;
    }

    private static void NameAll(ProvidersOptions options)
    {
        foreach (var (name, provider) in options.Providers)
        {
            provider.Name = name;
        }
    }

    private static IChatProvider Create(ProviderOptions options, IServiceProvider services)
    {
        var time = services.GetRequiredService<TimeProvider>();
        var type = options.Type ?? throw new InvalidOperationException($"Provider '{options.Name}' has no type.");
        return type.CreateInProcess?.Invoke(options, time) ?? new HttpChatProvider(
            options,
            ProviderApi.Of(options, services),
            new HttpMessageInvoker(CreateHandler(options)),
            services.GetRequiredService<MemoryBudget>(),
            time,
            services.GetRequiredService<ILoggerFactory>().CreateLogger<HttpChatProvider>());
    }

    internal static SocketsHttpHandler CreateHandler(ProviderOptions options) => new()
    {
        // An upstream that redirects is misconfigured or hostile: following would take the key along.
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = options.ConnectTimeout,
        // Providers move behind DNS names.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // An answer that is given up is to end at once, not after what is left of it has been generated and read.
        MaxResponseDrainSize = 0,
        ActivityHeadersPropagator = new TraceContextPropagator(),
    };
}
