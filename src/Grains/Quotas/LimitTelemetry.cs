using System.Collections.Concurrent;
using Prometheus;

namespace Prism.Grains.Quotas;

/// <summary>The metrics of limits.</summary>
internal sealed class LimitTelemetry
{
    private readonly Func<string, LimitSeries> _create;
    private readonly ConcurrentDictionary<string, LimitSeries> _series = new();

    public LimitTelemetry(IMetricFactory metrics)
    {
        var admitted = metrics.CreateCounter("llm_limit_admitted_total", "Requests that were within the limits.", ["provider"]);
        var denied = metrics.CreateCounter("llm_limit_denied_total", "Requests that were denied, by the limit.", ["provider", "limit"]);
        var calls = metrics.CreateCounter("llm_limit_grain_calls_total", "Calls to the ledger of the limits.", ["provider"]);
        var remaining = metrics.CreateGauge(
            "llm_limit_remaining", "The rest of a limit in the whole cluster, when this silo last asked.", ["provider", "limit"]);
        _create = provider => new(
            admitted.WithLabels(provider),
            limit => denied.WithLabels(provider, limit),
            calls.WithLabels(provider),
            limit => remaining.WithLabels(provider, limit));
        var deniedKeys = metrics.CreateCounter("llm_key_limit_denied_total", "Requests that their key's limits denied, by the limit.", ["limit"]);
        Keys = new(
            metrics.CreateCounter("llm_key_limit_admitted_total", "Requests that were within their key's limits."),
            limit => deniedKeys.WithLabels(limit),
            metrics.CreateCounter("llm_key_limit_grain_calls_total", "Calls to the ledgers of keys' limits."),
            remaining: null);
    }

    /// <summary>The series of all API keys together: their number is unbounded.</summary>
    public LimitSeries Keys { get; }

    /// <summary>The series of one provider.</summary>
    public LimitSeries Of(string provider) => _series.GetOrAdd(provider, _create);
}
