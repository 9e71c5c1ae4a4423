using Prism.Chat;
using Prometheus;

namespace Prism.Failover;

/// <summary>The metrics of what is done about failing providers.</summary>
internal sealed class FailoverTelemetry(IMetricFactory metrics)
{
    private readonly Counter _retries = metrics.CreateCounter(
        "llm_retries_total", "Calls that were made again, by how the one before failed.", ["provider", "kind"]);

    private readonly Counter _retriesDenied = metrics.CreateCounter(
        "llm_retries_denied_total", "Calls that were not made again because too many were.", ["provider"]);

    private readonly Counter _fallbacks = metrics.CreateCounter(
        "llm_fallbacks_total", "Requests that went on to another provider, by the one that failed them.", ["provider", "fallback"]);

    private readonly Gauge _state = metrics.CreateGauge(
        "llm_breaker_state", "Whether a provider is called, as this silo knows: 0 closed, 1 open, 2 half-open.", ["provider"]);

    private readonly Counter _transitions = metrics.CreateCounter(
        "llm_breaker_transitions_total", "Changes of a provider's circuit, counted once in the cluster.", ["provider", "state"]);

    public void OnState(string provider, CircuitState state) => _state.WithLabels(provider).Set((int)state);

    public void OnTransition(string provider, CircuitState state) => _transitions.WithLabels(provider, NameOf(state)).Inc();

    public void OnRetry(string provider, ChatError error)
    {
        _retries.WithLabels(provider, ChatTelemetry.KindOf(error)).Inc();
        // That none was denied is a zero, and not nothing: a rate needs a value before the first.
        _retriesDenied.WithLabels(provider).Publish();
    }

    public void OnRetryDenied(string provider) => _retriesDenied.WithLabels(provider).Inc();

    public void OnFallback(string provider, string fallback) => _fallbacks.WithLabels(provider, fallback).Inc();

    private static string NameOf(CircuitState state) => state switch
    {
        CircuitState.Closed => "closed",
        CircuitState.Open => "open",
        _ => "half_open",
    };
}
