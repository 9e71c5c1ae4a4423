using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Prism.Gateway.Errors;
using Prism.Gateway.Limits;
using Prism.Gateway.OpenApi;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Interfaces.Cluster;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Gateway.Providers;

/// <summary><c>GET /admin/providers</c>, <c>DELETE /admin/providers/{name}/holds</c></summary>
internal static class ProviderReportsEndpoint
{
    /// <summary>
    /// The state of each provider. Limits and circuits are those of the cluster, errors and latencies those of the silo that responds.
    /// </summary>
    [Gives<ProviderReportList>]
    public static async Task<JsonHttpResult<ProviderReportList>> List(HttpContext context, IProviderReports reports, IClusterView cluster) =>
        TypedResults.Json(
            new ProviderReportList(
                cluster.GetStatus().Self, [.. (await reports.GetAsync(context.RequestAborted)).Select(ProviderReportBody.From)]),
            GatewayJson.Api.ProviderReportList);

    /// <summary>Lifts the hold of a provider, by its own Retry-After or by its circuit, on all silos.</summary>
    [Reads("ProviderName"), GivesNothing, Fails(404)]
    public static async Task LiftHolds(HttpContext context, string name, IProviderHolds holds)
    {
        if (await holds.LiftAsync(name))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await context.WriteErrorAsync(
            StatusCodes.Status404NotFound, new($"Provider '{name}' does not exist.", ApiError.InvalidRequest, "name", "provider_not_found"));
    }
}

/// <summary>The body of <c>GET /admin/providers</c>.</summary>
/// <param name="Silo">The silo that responds.</param>
/// <param name="Providers">All providers.</param>
internal sealed record ProviderReportList(string Silo, ImmutableArray<ProviderReportBody> Providers);

/// <summary>A provider in a <see cref="ProviderReportList"/>. Limits and leases are null if they could not be read.</summary>
internal sealed record ProviderReportBody(
    string Name,
    BreakerBody Breaker,
    double? HeldBackForSeconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] ImmutableArray<LimitBody>? Limits,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] ImmutableArray<LeaseBody>? Leases,
    ImmutableArray<ProviderFailure> LastErrors,
    LatencyBody LatencySeconds,
    LatencyBody FirstTokenSeconds)
{
    public static ProviderReportBody From(ProviderReport report) => new(
        report.Name,
        new(NameOf(report.Circuit.State), report.Circuit.OpenFor.TotalSeconds),
        report.Limits?.HeldBackFor.TotalSeconds,
        report.Limits is { } limits ? [.. limits.Limits.Select(LimitBody.From)] : null,
        report.Limits is { } ledger ? [.. ledger.Leases.Select(LeaseBody.From)] : null,
        report.LastErrors,
        LatencyBody.From(report.Latency),
        LatencyBody.From(report.FirstToken));

    internal static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

/// <summary>A circuit.</summary>
/// <param name="State"><c>closed</c>, <c>open</c> or <c>half_open</c>.</param>
/// <param name="OpenForSeconds">How long it stays open.</param>
internal sealed record BreakerBody(string State, double OpenForSeconds);

/// <summary>A limit of a provider.</summary>
/// <param name="Name">The name of its setting, as in a <see cref="LimitView"/>.</param>
/// <param name="Limit">The limit itself: requests or tokens.</param>
/// <param name="Remaining">The part that is neither used nor granted to a silo.</param>
/// <param name="Outstanding">The part that silos hold.</param>
/// <param name="ResetAfterSeconds">The time until the full limit is available again if nothing more is used.</param>
internal sealed record LimitBody(string Name, long Limit, long Remaining, long Outstanding, double ResetAfterSeconds)
{
    public static LimitBody From(LimitStatus status) => new(
        LimitView.NameOf(status.Kind), status.Limit, status.Remaining, status.Outstanding, status.ResetAfter.TotalSeconds);
}

/// <summary>The capacity that a silo holds of a provider's limits.</summary>
internal sealed record LeaseBody(string Silo, double HeardAgoSeconds, ImmutableArray<HeldBody> Holds)
{
    public static LeaseBody From(SiloLeaseStatus lease) => new(
        lease.Silo,
        lease.HeardAgo.TotalSeconds,
        [.. lease.Holds.Select(held => new HeldBody(LimitView.NameOf(held.Kind), held.Amount))]);
}

/// <summary>The held part of one limit.</summary>
internal sealed record HeldBody(string Name, long Amount);

/// <summary>Percentiles of the last minutes.</summary>
internal sealed record LatencyBody(
    long Count,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? P50,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? P90,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? P99)
{
    public static LatencyBody From(LatencySummary summary) =>
        new(summary.Count, Seconds(summary.P50), Seconds(summary.P90), Seconds(summary.P99));

    private static double? Seconds(TimeSpan? duration) => duration is { } known ? Math.Round(known.TotalSeconds, 4) : null;
}
