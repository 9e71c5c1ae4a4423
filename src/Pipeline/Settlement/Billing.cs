using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Usage;
using Prism.Grains.Usage;
using Prism.Pipeline.Telemetry;

namespace Prism.Pipeline.Settlement;

/// <summary>
/// Records the usage and the cost of each upstream call: once, for the owner of the request that made it, however many requests its answer serves.
/// </summary>
internal sealed class Billing(ChatTelemetry telemetry, UsageBuffer buffer, TimeProvider time)
{
    /// <summary>Bills an answer, or the part of it that was generated before an early end.</summary>
    /// <param name="call">The call.</param>
    /// <param name="usage">The usage of the answer.</param>
    /// <param name="tier">The service tier that the provider reports; null: the requested one.</param>
    /// <returns>The usage, with its cost.</returns>
    public ChatUsage Bill(ChatCall call, ChatUsage usage, string? tier = null)
    {
        usage = usage with { CostUsd = call.Snapshot.Prices.CostOf(call.Route, usage, tier ?? call.Request.ServiceTier) };
        telemetry.OnBilled(call.Route, usage.CostUsd);
        buffer.Add(
            Owners.Of(call.Request.Owner),
            new(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), call.Route.Provider, telemetry.LabelOf(call.Route)),
            UsageSums.Of(usage));
        call.Reservation?.Charge(usage);
        return usage;
    }
}
