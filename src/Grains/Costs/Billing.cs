using Prism.Chat;

namespace Prism.Costs;

/// <summary>Puts on record what each call upstream took and cost: once, by who made it, whoever else its answer serves.</summary>
internal sealed class Billing(PriceTable prices, ChatTelemetry telemetry)
{
    /// <summary>Bills an answer, or what there was of it when it ended early.</summary>
    /// <returns>What it took, with what that cost.</returns>
    public ChatUsage Bill(ChatCall call, ChatUsage usage)
    {
        var cost = prices.CostOf(call.Route, usage);
        telemetry.OnBilled(call.Route, cost);
        return usage with { CostUsd = cost };
    }
}
