using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Telemetry;
using Prometheus;

namespace Prism.Pipeline.Attempts;

/// <summary>The metrics of retries and fallbacks.</summary>
internal sealed class AttemptTelemetry(IMetricFactory metrics)
{
    private readonly Counter _retries = metrics.CreateCounter(
        "llm_retries_total", "Calls that were made again, by how the one before failed.", ["provider", "kind"]);

    private readonly Counter _retriesDenied = metrics.CreateCounter(
        "llm_retries_denied_total", "Calls that were not made again because too many were.", ["provider"]);

    private readonly Counter _fallbacks = metrics.CreateCounter(
        "llm_fallbacks_total", "Requests that went on to another provider, by the one that failed them.", ["provider", "fallback"]);

    public void OnRetry(string provider, ChatError error)
    {
        _retries.WithLabels(provider, ChatTelemetry.KindOf(error)).Inc();
        // That none was denied is a zero, and not nothing: a rate needs a value before the first.
        _retriesDenied.WithLabels(provider).Publish();
    }

    public void OnRetryDenied(string provider) => _retriesDenied.WithLabels(provider).Inc();

    public void OnFallback(string provider, string fallback) => _fallbacks.WithLabels(provider, fallback).Inc();
}
