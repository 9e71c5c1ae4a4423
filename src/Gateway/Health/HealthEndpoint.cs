using System.Collections.Immutable;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Hosting;
using Prism.Chat;
using Prism.Cluster;
using Prism.Providers;

namespace Prism.Health;

/// <summary>The health endpoints. None of them asks anything outside this process.</summary>
internal static class HealthEndpoint
{
    private static readonly string Version =
        typeof(HealthEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary><c>GET /health</c>: for people and dashboards.</summary>
    public static JsonHttpResult<HealthReport> Report(IProviderCatalog catalog, IClusterView cluster, IHostApplicationLifetime lifetime) =>
        TypedResults.Json(
            new HealthReport(
                IsServing(lifetime) ? "healthy" : NotServing(lifetime),
                Version,
                catalog.Default,
                [.. catalog.GetStatus().Select(ProviderHealth.From)],
                cluster.GetStatus()),
            GatewayJson.Api.HealthReport);

    /// <summary><c>GET /healthz</c>: for Kubernetes; 200 while this silo serves.</summary>
    public static JsonHttpResult<StatusBody> Ready(IHostApplicationLifetime lifetime) => IsServing(lifetime)
        ? TypedResults.Json(new StatusBody("ok"), GatewayJson.Api.StatusBody)
        : TypedResults.Json(new StatusBody(NotServing(lifetime)), GatewayJson.Api.StatusBody, statusCode: StatusCodes.Status503ServiceUnavailable);

    private static string NotServing(IHostApplicationLifetime lifetime) =>
        lifetime.ApplicationStopping.IsCancellationRequested ? "stopping" : "starting";

    private static bool IsServing(IHostApplicationLifetime lifetime) =>
        lifetime.ApplicationStarted.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested;
}

/// <summary>The body of <c>GET /health</c>.</summary>
internal sealed record HealthReport(
    string Status, string Version, string DefaultProvider, ImmutableArray<ProviderHealth> Providers, ClusterStatus Cluster);

/// <summary>A provider in a <see cref="HealthReport"/>. It says which setting is missing, never what one is set to if that is a secret.</summary>
internal sealed record ProviderHealth(
    string Name, string Type, bool Usable, string? Missing, string? BaseUrl, string DefaultModel, ProviderOutcomeHealth? LastOutcome)
{
    public static ProviderHealth From(ProviderStatus status) => new(
        status.Name,
        status.Type,
        status.Usable,
        status.Missing,
        status.BaseUrl,
        status.DefaultModel,
        status.LastOutcome is { } last ? new(last.Error is null ? "success" : "failure", last.Error, last.At) : null);
}

/// <summary>How a provider's last call ended.</summary>
internal sealed record ProviderOutcomeHealth(string Status, ChatErrorKind? Error, DateTimeOffset At);
