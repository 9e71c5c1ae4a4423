using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Prism.Gateway.Health;
using Prism.Providers.Telemetry;
using Prism.Silo.Configuration;

namespace Prism.Silo.Telemetry;

/// <summary>Sets up OpenTelemetry.</summary>
internal static class TelemetryExtensions
{
    // Of Orleans, the calls, activations and storage of grains; not the runtime's own work.
    private static readonly string[] Sources =
    [
        "Microsoft.AspNetCore",
        "System.Net.Http",
        "Microsoft.Orleans.Application",
        "Microsoft.Orleans.Lifecycle",
        "Microsoft.Orleans.Storage",
        GenAi.ActivitySourceName,
    ];

    /// <summary>
    /// Sends spans and metrics to the collector of <see cref="TelemetryOptions.Endpoint"/>. Without one, nothing is added: no span is created that a
    /// log line does not need, and no grain call carries a context.
    /// </summary>
    /// <exception cref="SettingException">The endpoint is invalid.</exception>
    public static WebApplicationBuilder AddPrismTelemetry(this WebApplicationBuilder builder)
    {
        if (ReadEndpoint(builder.Configuration) is not { } endpoint)
        {
            return builder;
        }

        // Otherwise the spans of requests have only a name.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        var options = builder.Configuration.GetSection(Settings.TelemetrySection).Get<TelemetryOptions>()!;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(Describe)
            .WithTracing(tracing => tracing.AddSource(Sources))
            .WithMetrics(ListenToOwnMeter)
            .UseOtlpExporter(options.Protocol, endpoint);
        builder.UseOrleans(silo => silo.AddActivityPropagation());
        return builder;
    }

    /// <summary>
    /// Names the spans of requests by their routes, and excludes probes and scrapers from traces. Has to be after the routing.
    /// </summary>
    /// <remarks>Source: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name</remarks>
    public static IApplicationBuilder UsePrismTelemetry(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetRequiredService<IOptions<TelemetryOptions>>().Value.Endpoint is null)
        {
            return app;
        }

        return app.Use(static (context, next) =>
        {
            if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span
                && context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route } endpoint)
            {
                if (endpoint.Metadata.GetMetadata<ProbeRule>() is not null)
                {
                    span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
                }

                span.DisplayName = $"{context.Request.Method} {route}";
                span.SetTag("http.route", route);
            }

            return next(context);
        });
    }

    // A listener selects a meter by its name, which another host in this process shares.
    private static void ListenToOwnMeter(MeterProviderBuilder metrics)
    {
        metrics.AddMeter(GenAi.MeterName);
        ((IDeferredMeterProviderBuilder)metrics).Configure((services, builder) =>
        {
            var own = services.GetRequiredService<IMeterFactory>();
            builder.AddView(instrument => instrument.Meter.Scope == own ? null : MetricStreamConfiguration.Drop);
        });
    }

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last, and win.
    private static void Describe(ResourceBuilder resource) => resource.Clear()
        .AddService("prism", serviceVersion: typeof(Program).Assembly.GetName().Version!.ToString(3))
        .AddTelemetrySdk()
        .AddEnvironmentVariableDetector();

    // Needed while the host is being built, before the options are checked.
    private static Uri? ReadEndpoint(ConfigurationManager configuration)
    {
        if (configuration[Settings.OtlpEndpoint.Path!] is not { Length: > 0 } text)
        {
            return null;
        }

        return Settings.OtlpEndpoint.Kind.FindProblem(text) is { } problem
            ? throw new SettingException($"{Settings.OtlpEndpoint.Label} {problem}.")
            : new(text);
    }
}
