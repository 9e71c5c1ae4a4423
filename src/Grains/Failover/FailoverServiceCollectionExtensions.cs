using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Prism.Cluster;

namespace Prism.Failover;

/// <summary>Registers what is done about failing providers.</summary>
internal static class FailoverServiceCollectionExtensions
{
    public static IServiceCollection AddPrismFailover(this IServiceCollection services)
    {
        services.AddOptions<FailoverOptions>();
        services.AddOptions<BreakerOptions>();
        services.AddSingleton(provider => new RetryPolicy(provider.GetRequiredService<IOptions<FailoverOptions>>().Value, Random.Shared));
        services.AddSingleton<RetryBudget>();
        services.AddSingleton<CircuitBoard>();
        services.AddSingleton<IProviderReports, ProviderReports>();
        services.TryAddSingleton<SiloBroadcast>();
        services.AddSingleton<IProviderHolds, ProviderHolds>();
        services.AddGrainService<ProviderHoldsService>();
        services.AddSingleton<FailoverDesk>();
        services.AddSingleton<FailoverCaller>();
        return services;
    }
}
