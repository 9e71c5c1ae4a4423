using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Prism.Grains.Breakers;
using Prism.Grains.Cache;
using Prism.Grains.Catalog;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Keys;
using Prism.Grains.Settings;
using Prism.Grains.Templates;
using Prism.Grains.Usage;
using Prism.Pipeline.Admission;
using Prism.Pipeline.Attempts;
using Prism.Pipeline.Caching;
using Prism.Pipeline.Costs;
using Prism.Pipeline.Routing;
using Prism.Pipeline.Settlement;
using Prism.Pipeline.Sharing;
using Prism.Pipeline.Telemetry;
using Prism.Pipeline.Tokens;
using Prism.Providers;

namespace Prism.Pipeline;

/// <summary>Registers the path of a call.</summary>
public static class PipelineServiceCollectionExtensions
{
    /// <summary>
    /// Adds the request pipeline as <see cref="IChatService"/>. Needs the providers (<c>AddPrismProviders</c>), the grains
    /// (<c>AddPrismGrains</c>) and a prometheus-net <c>IMetricFactory</c>.
    /// </summary>
    public static IServiceCollection AddPrismPipeline(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        return services
            .AddSingleton<ICallPipeline, CallPipeline>()
            .AddSingleton<IChatService, ChatService>()
            .AddTelemetry()
            .AddPrismRouting()
            .AddPrismAdmission()
            .AddCaching()
            .AddAttempts()
            .AddSettlement();
    }

    private static IServiceCollection AddTelemetry(this IServiceCollection services) => services
        .AddSingleton<GenAiMetrics>()
        .AddSingleton<ChatTelemetry>();

    /// <summary>
    /// Adds the current configuration, of which a call keeps the snapshot with which it began. Needs the providers (<c>AddPrismProviders</c>).
    /// </summary>
    public static IServiceCollection AddPrismSnapshots(this IServiceCollection services)
    {
        services.AddOptions();
        services.TryAddSingleton(provider => new SnapshotSource(ReadSnapshot(provider)));
        services.TryAddSingleton<ISnapshotSource>(provider => provider.GetRequiredService<SnapshotSource>());
        return services
            .AddSingleton<IProviderSource>(provider => provider.GetRequiredService<SnapshotSource>())
            .AddSettings(snapshot => snapshot.Breakers)
            .AddSettings(snapshot => snapshot.Cache)
            .AddSettings(snapshot => snapshot.Chains)
            .AddSettings(snapshot => snapshot.Quotas)
            .AddSettings(snapshot => snapshot.Templates)
            .AddSettings(snapshot => snapshot.Usage);
    }

    private static IServiceCollection AddSettings<T>(this IServiceCollection services, Func<GatewaySnapshot, T> find) =>
        services.AddSingleton<ISettings<T>>(provider => new SnapshotSettings<T>(provider.GetRequiredService<ISnapshotSource>(), find));

    // The first snapshot: as configured at the start.
    private static GatewaySnapshot ReadSnapshot(IServiceProvider services) =>
        GatewaySnapshot.Of(services.GetRequiredService<ProviderRegistry>(), Read<CostOptions>(services)) with
        {
            Attempts = Read<AttemptOptions>(services),
            Cache = Read<CacheOptions>(services),
            Overload = Read<OverloadOptions>(services),
            Auth = Read<AuthOptions>(services),
            Breakers = Read<BreakerOptions>(services),
            Chains = Read<ChainOptions>(services),
            Quotas = Read<QuotaOptions>(services),
            Templates = Read<TemplateOptions>(services),
            Usage = Read<UsageOptions>(services),
        };

    private static T Read<T>(IServiceProvider services)
        where T : class => services.GetRequiredService<IOptions<T>>().Value;

    internal static IServiceCollection AddPrismRouting(this IServiceCollection services) => services
        .AddPrismSnapshots()
        .AddSingleton(new ChatRouter(Random.Shared))
        .AddSingleton<IRequestCheck, RequestCheck>();

    internal static IServiceCollection AddPrismAdmission(this IServiceCollection services) => services
        .AddSingleton<TokenCounter>()
        .AddSingleton<PromptBound>()
        .AddSingleton<TokenBound>()
        .AddSingleton<KeyTargets>()
        .AddSingleton<IKeyTargets>(provider => provider.GetRequiredService<KeyTargets>())
        .AddSingleton<KeyCharge>()
        .AddSingleton<KeyAdmission>()
        .AddSingleton<ProviderAdmission>();

    private static IServiceCollection AddCaching(this IServiceCollection services) => services
        .AddSingleton<SharedCallLeader>()
        .AddSingleton<CacheWriter>()
        .AddSingleton<ResponseCache>();

    private static IServiceCollection AddAttempts(this IServiceCollection services) => services
        .AddSingleton(new RetryPolicy(Random.Shared))
        .AddSingleton<RetryBudget>()
        .AddSingleton<AttemptTelemetry>()
        .AddSingleton<AttemptLoop>()
        .AddSingleton<ProviderCalls>();

    private static IServiceCollection AddSettlement(this IServiceCollection services) => services
        .AddSingleton<Billing>();
}
