using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Prism.Gateway.Auth;
using Prism.Gateway.Chains;
using Prism.Gateway.Chat;
using Prism.Gateway.Errors;
using Prism.Gateway.Health;
using Prism.Gateway.Keys;
using Prism.Gateway.OpenApi;
using Prism.Gateway.Overload;
using Prism.Gateway.Sse;
using Prism.Gateway.Storage;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Keys;
using Prism.Grains.Interfaces.Memory;
using Prism.Grains.Interfaces.Usage;
using Prism.Pipeline;

namespace Prism.Gateway;

/// <summary>Registers the HTTP API.</summary>
public static class GatewayServiceCollectionExtensions
{
    /// <summary>
    /// Adds the services of the endpoints of <see cref="GatewayEndpoints"/>. They need an <see cref="ICallPipeline"/>, an <see cref="ISnapshotSource"/>, an
    /// <see cref="Grains.Interfaces.Cache.IResponseCache"/>, an <see cref="Grains.Interfaces.Providers.IProviderCatalog"/>, an <see cref="Grains.Interfaces.Breakers.IProviderReports"/>, an
    /// <see cref="Grains.Interfaces.Breakers.IProviderHolds"/>, an <see cref="Grains.Interfaces.Templates.IPromptTemplates"/>, an <see cref="IApiKeys"/>, an <see cref="IKeyTargets"/>, an
    /// <see cref="IKeyRequests"/>, an <see cref="IGrainFactory"/>, an
    /// <see cref="Grains.Interfaces.Cluster.IClusterView"/>, an <see cref="Grains.Interfaces.Cluster.IDrain"/> and a prometheus-net <c>IMetricFactory</c> from elsewhere, and
    /// write what they know of a request to its <see cref="Logging.RequestLog"/>.
    /// </summary>
    public static IServiceCollection AddPrismGateway(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddRouting();
        services.AddSingleton<Authenticator>();
        services.AddHostedService<OpenWarning>();
        services.AddSingleton<ErrorPaths>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<KeysEndpoint>();
        services.AddSingleton<OwnerNames>();
        services.AddOptions<StorageOptions>();
        services.AddSingleton<StorageCalls>();
        services.AddSingleton(provider =>
            new MemoryBudget(provider.GetRequiredService<IOptions<OverloadOptions>>().Value.MemoryBudget ?? MemoryBudget.DefaultBytes));
        services.AddSingleton<OverloadTelemetry>();
        services.AddSingleton<RequestGate>();
        services.AddSingleton<SseStreams>();
        services.AddSingleton<CallEnds>();
        services.AddSingleton<ChatEndpoint>();
        services.TryAddSingleton<ChainClient>();
        services.TryAddSingleton<UsageClient>();
        services.AddSingleton<RunResolver>();
        services.AddSingleton<RunEvents>();
        services.AddSingleton<RunsEndpoint>();
        services.AddSingleton<ApiDocument>();
        return services;
    }
}
