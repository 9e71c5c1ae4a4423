using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Telemetry;
using Prometheus;

namespace Prism.Pipeline.Attempts;

/// <summary>The metrics of retries and fallbacks.</summary>
internal sealed class AttemptTelemetry(IMetricFactory metrics)
{
    private readonly Counter _retries = metrics.CreateCounter(
        "llm_retries_total", "Retried calls, by the failure of the call before.", ["provider", "kind"]);

    private readonly Counter _retriesDenied = metrics.CreateCounter(
        "llm_retries_denied_total", "Calls that were not retried because too many retries were in progress.", ["provider"]);

    private readonly Counter _fallbacks = metrics.CreateCounter(
        "llm_fallbacks_total", "Requests that fell back on another provider, by the provider that failed.", ["provider", "fallback"]);

    public void OnRetry(string provider, ChatError error)
    {
        _retries.WithLabels(provider, ChatTelemetry.KindOf(error)).Inc();
        // Published as 0 before the first denial: a rate needs an earlier value.
        _retriesDenied.WithLabels(provider).Publish();
    }

    public void OnRetryDenied(string provider) => _retriesDenied.WithLabels(provider).Inc();

    public void OnFallback(string provider, string fallback) => _fallbacks.WithLabels(provider, fallback).Inc();
}
