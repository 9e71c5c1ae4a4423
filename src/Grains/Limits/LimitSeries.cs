using Prometheus;

namespace Prism.Limits;

/// <summary>The time series of one provider's limits, looked up once: labels cost more than the counting.</summary>
internal sealed class LimitSeries(Counter admitted, Counter denied, Counter calls, Gauge remaining, string provider)
{
    private readonly Counter.Child _admitted = admitted.WithLabels(provider);
    private readonly Counter.Child _calls = calls.WithLabels(provider);

    public void OnAdmitted() => _admitted.Inc();

    public void OnDenied(LimitKind kind) => denied.WithLabels(provider, kind.Label()).Inc();

    public void OnGrainCall() => _calls.Inc();

    public void OnRemaining(LimitKind kind, long amount) => remaining.WithLabels(provider, kind.Label()).Set(amount);
}
