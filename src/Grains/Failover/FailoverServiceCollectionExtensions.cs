using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

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
        services.AddSingleton<FailoverDesk>();
        services.AddSingleton<FailoverCaller>();
        return services;
    }
}
