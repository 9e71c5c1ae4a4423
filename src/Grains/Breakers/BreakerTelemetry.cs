using Prism.Grains.Interfaces.Breakers;
using Prometheus;

namespace Prism.Grains.Breakers;

/// <summary>The metrics of circuit breakers.</summary>
internal sealed class BreakerTelemetry(IMetricFactory metrics)
{
    private readonly Gauge _state = metrics.CreateGauge(
        "llm_breaker_state", "The state of a provider's circuit on this silo: 0 closed, 1 open, 2 half-open.", ["provider"]);

    private readonly Counter _transitions = metrics.CreateCounter(
        "llm_breaker_transitions_total", "Changes of a provider's circuit, counted once in the cluster.", ["provider", "state"]);

    public void OnState(string provider, CircuitState state) => _state.WithLabels(provider).Set((int)state);

    public void OnTransition(string provider, CircuitState state) => _transitions.WithLabels(provider, NameOf(state)).Inc();

    private static string NameOf(CircuitState state) => state switch
    {
        CircuitState.Closed => "closed",
        CircuitState.Open => "open",
        _ => "half_open",
    };
}
