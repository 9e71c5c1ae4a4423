using Prism.Grains.Interfaces.Quotas;
using Prometheus;

namespace Prism.Grains.Quotas;

/// <summary>The time series of one limit set, or of many alike, looked up once: labels cost more than the counting.</summary>
/// <param name="admitted">Requests that were within the limits.</param>
/// <param name="denied">Requests that were not, by the label of the limit.</param>
/// <param name="calls">Calls to the ledger.</param>
/// <param name="remaining">The rest, by the label of the limit; null for limits that are not a provider's.</param>
internal sealed class LimitSeries(
    ICounter admitted, Func<string, ICounter> denied, ICounter calls, Func<string, IGauge>? remaining)
{
    public void OnAdmitted() => admitted.Inc();

    public void OnDenied(LimitKind kind) => denied(kind.Label()).Inc();

    public void OnGrainCall() => calls.Inc();

    public void OnRemaining(LimitKind kind, long amount) => remaining?.Invoke(kind.Label()).Set(amount);
}
