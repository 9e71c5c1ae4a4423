using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Dashboard;
using Prism.Configuration;

namespace Prism.Cluster;

/// <summary>Makes the process a silo.</summary>
internal static class ClusterExtensions
{
    /// <summary>No grain call waits for an LLM, so whatever takes longer than this is broken.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Far beyond what a grain of ours has waiting for it; unlimited by default, until memory runs out.</summary>
    private const int MaxEnqueuedRequests = 10_000;

    /// <summary>Adds the silo, on its own and in memory.</summary>
    public static WebApplicationBuilder AddPrismCluster(this WebApplicationBuilder builder)
    {
        var endpoints = builder.Configuration.GetSection(Settings.ClusterSection).Get<SiloEndpointOptions>() ?? new();
        SiloPorts.EnsureFree(endpoints);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(endpoints.SiloPort, endpoints.GatewayPort, null, endpoints.ServiceId, endpoints.ClusterId);
            silo.AddMemoryGrainStorage(StorageNames.Ledgers);
            silo.Configure<SiloMessagingOptions>(messaging =>
            {
                messaging.ResponseTimeout = ResponseTimeout;
                messaging.CancelRequestOnTimeout = true;
                messaging.MaxEnqueuedRequestsHardLimit = MaxEnqueuedRequests;
            });
            if (IsDashboardEnabled(builder.Configuration))
            {
                // Without the live log: it would show what other people's calls write there.
                silo.AddDashboard(dashboard => dashboard.HideTrace = true);
            }
        });
        return builder;
    }

    /// <summary>Serves the Orleans dashboard; not where <see cref="OrleansDashboardOptions.Enabled"/> is off.</summary>
    public static IEndpointRouteBuilder MapPrismDashboard(this IEndpointRouteBuilder endpoints)
    {
        if (endpoints.ServiceProvider.GetRequiredService<IOptions<OrleansDashboardOptions>>().Value.Enabled)
        {
            endpoints.MapOrleansDashboard("/dashboard");
        }

        return endpoints;
    }

    private static bool IsDashboardEnabled(ConfigurationManager configuration) =>
        (configuration.GetSection(Settings.DashboardSection).Get<OrleansDashboardOptions>() ?? new()).Enabled;
}
