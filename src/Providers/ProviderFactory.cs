using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Prism.Grains.Interfaces.Memory;
using Prism.Providers.Telemetry;

namespace Prism.Providers;

/// <summary>Creates the providers of a configuration. A reconfigured provider keeps the connections of its name.</summary>
public sealed class ProviderFactory
{
    private readonly ConcurrentDictionary<(string Provider, TimeSpan ConnectTimeout), HttpMessageInvoker> _connections = [];
    private readonly IServiceProvider _services;

    internal ProviderFactory(IServiceProvider services) => _services = services;

    /// <summary>The providers of these options.</summary>
    /// <exception cref="InvalidOperationException">One of them has no type.</exception>
    public ProviderRegistry Create(ProvidersOptions options)
    {
        foreach (var (name, provider) in options.Providers)
        {
            provider.Name = name;
        }

        var trace = _services.GetRequiredService<IOptions<TraceOptions>>().Value;
        return new(
            options.DefaultProvider,
            [.. options.Providers.Values.Select(one => new TracedProvider(Create(one), trace))],
            options.FallbackProviders);
    }

    private IChatProvider Create(ProviderOptions options)
    {
        var time = _services.GetRequiredService<TimeProvider>();
        var type = options.Type ?? throw new InvalidOperationException($"Provider '{options.Name}' has no type.");
        return type.CreateInProcess?.Invoke(options, time) ?? new HttpChatProvider(
            options,
            ProviderApi.Of(options, _services),
            // Their only setting besides the address is part of the key: each address has its own pool of connections.
            _connections.GetOrAdd((options.Name, options.ConnectTimeout), _ => new(ProvidersServiceCollectionExtensions.CreateHandler(options))),
            _services.GetRequiredService<MemoryBudget>(),
            time,
            _services.GetRequiredService<ILoggerFactory>().CreateLogger<HttpChatProvider>());
    }
}
