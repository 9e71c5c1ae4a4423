using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Prism.Grains.Interfaces.Memory;
using Prism.Providers.Echo;
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
        services.AddOptions<ProvidersOptions>().PostConfigure(NameAll);
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<ProvidersOptions>>().Value;
            var memory = provider.GetRequiredService<MemoryBudget>();
            var time = provider.GetRequiredService<TimeProvider>();
            var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger<HttpChatProvider>();
            var trace = provider.GetRequiredService<IOptions<TraceOptions>>().Value;
            return new ProviderRegistry(
                options.DefaultProvider,
                [.. options.Providers.Values.Select(one => new TracedProvider(Create(one, memory, time, logger), trace))],
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

    private static IChatProvider Create(ProviderOptions options, MemoryBudget memory, TimeProvider time, ILogger logger) => options.Type switch
    {
        ProviderType.OpenAi => CreateHttp(options, ProviderApis.OpenAi(options), memory, time, logger),
        ProviderType.Anthropic => CreateHttp(options, ProviderApis.Anthropic(options), memory, time, logger),
        ProviderType.Ollama => CreateHttp(options, ProviderApis.Ollama(options), memory, time, logger),
        ProviderType.Echo => new EchoProvider(options, time),
        _ => throw new InvalidOperationException($"Provider '{options.Name}' has no type."),
    };

    private static HttpChatProvider CreateHttp(
        ProviderOptions options, ProviderApi api, MemoryBudget memory, TimeProvider time, ILogger logger) =>
        new(options, api, new HttpMessageInvoker(CreateHandler(options)), memory, time, logger);

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
