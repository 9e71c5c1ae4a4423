using System.Collections.Immutable;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Prism.Gateway.Auth;
using Prism.Gateway.OpenApi;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Cluster;
using Prism.Grains.Interfaces.Providers;

namespace Prism.Gateway.Health;

/// <summary>The health endpoints. None of them calls another process.</summary>
internal static class HealthEndpoint
{
    /// <summary>The version of this build.</summary>
    public static readonly string Version =
        typeof(HealthEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>
    /// <c>GET /health</c>: for people and dashboards. Only the admin sees the addresses of silos and providers and the results of provider calls.
    /// </summary>
    [Gives<HealthReport>]
    public static JsonHttpResult<HealthReport> Report(
        HttpContext context, IProviderCatalog catalog, IClusterView view, Readiness readiness)
    {
        var cluster = view.GetStatus();
        var isAdmin = context.GetCaller().Level == AccessLevel.Admin;
        return TypedResults.Json(
            new HealthReport(
                readiness.FindObstacle(cluster) ?? "healthy",
                Version,
                catalog.Default,
                isAdmin ? [.. catalog.GetStatus().Select(ProviderHealth.From)] : null,
                isAdmin ? cluster : null),
            GatewayJson.Api.HealthReport);
    }

    /// <summary><c>GET /healthz/live</c>: 200 while the process answers. A restart would not repair anything else.</summary>
    [Gives<StatusBody>]
    public static JsonHttpResult<StatusBody> Live() => TypedResults.Json(new StatusBody("ok"), GatewayJson.Api.StatusBody);

    /// <summary><c>GET /healthz</c> and <c>GET /healthz/ready</c>: 200 while this silo serves requests.</summary>
    [Gives<StatusBody>, Gives<StatusBody>(503)]
    public static JsonHttpResult<StatusBody> Ready(Readiness readiness) =>
        readiness.FindObstacle() is { } obstacle
            ? TypedResults.Json(new StatusBody(obstacle), GatewayJson.Api.StatusBody, statusCode: StatusCodes.Status503ServiceUnavailable)
            : TypedResults.Json(new StatusBody("ok"), GatewayJson.Api.StatusBody);
}

/// <summary>The body of <c>GET /health</c>. Only the admin gets providers and cluster.</summary>
internal sealed record HealthReport(
    string Status, string Version, string DefaultProvider, ImmutableArray<ProviderHealth>? Providers, ClusterStatus? Cluster);

/// <summary>A provider in a <see cref="HealthReport"/>. It names a missing setting, and never the value of a secret.</summary>
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

/// <summary>The end of a provider's last call.</summary>
internal sealed record ProviderOutcomeHealth(string Status, ChatErrorKind? Error, DateTimeOffset At);
