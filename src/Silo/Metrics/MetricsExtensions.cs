using Microsoft.Extensions.Options;
using Prism.Gateway.Auth;
using Prism.Gateway.Browsers;
using Prism.Gateway.Health;
using Prism.Gateway.Home;
using Prism.Gateway.Overload;
using Prometheus;

namespace Prism.Silo.Metrics;

/// <summary>Sets up the metrics page.</summary>
internal static class MetricsExtensions
{
    /// <summary>The path of the page, on both ports.</summary>
    public const string Path = "/metrics";

    /// <summary>
    /// Adds this host's <see cref="CollectorRegistry"/> and <see cref="IMetricFactory"/>, with what Orleans, Kestrel and .NET measure.
    /// </summary>
    public static TBuilder AddPrismMetrics<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services
            // Not the process's default registry: two hosts in one process count separately.
            .AddSingleton(_ => Prometheus.Metrics.NewCustomRegistry())
            .AddSingleton<IMetricFactory>(services =>
                Prometheus.Metrics.WithCustomRegistry(services.GetRequiredService<CollectorRegistry>()))
            .AddSingleton<IStartupFilter, MetricsListener>()
            .AddHostedService<MeterBridge>()
            .AddOptions<HomeOptions>().Configure<IOptions<MetricsOptions>>((home, options) =>
            {
                if (options.Value.Enabled)
                {
                    home.Links.Add(new("metrics", Path, "Metrics in Prometheus' format"));
                }
            });
        return builder;
    }

    /// <summary>
    /// Serves the page, unless <see cref="MetricsOptions.Enabled"/> is off. Its own port, which is the scraper's, is open unless <see
    /// cref="MetricsOptions.Auth"/> is on; on the API's port, the page is the admin's.
    /// </summary>
    public static IEndpointRouteBuilder MapPrismMetrics(this IEndpointRouteBuilder endpoints)
    {
        var options = endpoints.ServiceProvider.GetRequiredService<IOptions<MetricsOptions>>().Value;
        if (options.Enabled)
        {
            endpoints.MapMetrics(Path, endpoints.ServiceProvider.GetRequiredService<CollectorRegistry>())
                .For(context => MetricsListener.IsOrigin(context) && !options.Auth ? Access.Open : Access.AdminInBrowser)
                .WithoutLimits().WhileStarting().ForProbes().MayBeCached();
        }

        return endpoints;
    }
}
