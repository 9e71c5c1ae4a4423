using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Prism.Auth;
using Prism.Chains;
using Prism.Chat;
using Prism.Health;
using Prism.Keys;
using Prism.Memory;
using Prism.Overload;
using Prism.Sse;
using Prism.Storage;
using Prism.Usage;

namespace Prism;

/// <summary>Registers the HTTP API.</summary>
public static class GatewayServiceCollectionExtensions
{
    /// <summary>
    /// Adds what the endpoints of <see cref="GatewayEndpoints"/> need. They work on an <see cref="IChatService"/>, an
    /// <see cref="Cache.IResponseCache"/>, an <see cref="Providers.IProviderCatalog"/>, an <see cref="Failover.IProviderReports"/>, an
    /// <see cref="Failover.IProviderHolds"/>, an <see cref="Templates.IPromptTemplates"/>, an <see cref="IApiKeys"/>, an <see cref="IKeyTargets"/>, an
    /// <see cref="IKeyRequests"/>, an <see cref="IGrainFactory"/>, an
    /// <see cref="Cluster.IClusterView"/>, an <see cref="Cluster.IDrain"/> and a prometheus-net <c>IMetricFactory</c> from elsewhere, and write
    /// into the <see cref="Serilog.IDiagnosticContext"/> of <c>AddSerilog</c>.
    /// </summary>
    public static IServiceCollection AddPrismGateway(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddRouting();
        services.AddOptions<AuthOptions>();
        services.AddSingleton<Authenticator>();
        services.AddHostedService<OpenWarning>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<KeysEndpoint>();
        services.AddSingleton<OwnerNames>();
        services.AddOptions<StorageOptions>();
        services.AddSingleton<StorageCalls>();
        services.AddOptions<OverloadOptions>();
        services.AddSingleton(provider =>
            new MemoryBudget(provider.GetRequiredService<IOptions<OverloadOptions>>().Value.MemoryBudget ?? MemoryBudget.DefaultBytes));
        services.AddSingleton<OverloadTelemetry>();
        services.AddSingleton<RequestGate>();
        services.AddSingleton<SseStreams>();
        services.AddSingleton<ChatEndpoint>();
        services.TryAddSingleton<ChainClient>();
        services.TryAddSingleton<UsageClient>();
        services.AddSingleton<RunResolver>();
        services.AddSingleton<RunEvents>();
        services.AddSingleton<RunsEndpoint>();
        return services;
    }
}
