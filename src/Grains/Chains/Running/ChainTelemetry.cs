using System.Text.Json;
using Prometheus;

namespace Prism.Grains.Chains.Running;

/// <summary>The metrics of chains. Durations are in seconds.</summary>
internal sealed class ChainTelemetry
{
    private static readonly double[] DurationBuckets = [.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

    private readonly Counter _runs;
    private readonly Counter _steps;
    private readonly Histogram _duration;
    private readonly Gauge _active;

    public ChainTelemetry(IMetricFactory metrics)
    {
        _runs = metrics.CreateCounter("llm_chain_runs_total", "Runs of chains that ended, by outcome.", ["status"]);
        _steps = metrics.CreateCounter("llm_chain_steps_total", "Steps of chains that were settled, by outcome.", ["status"]);
        _duration = metrics.CreateHistogram(
            "llm_chain_run_duration_seconds", "From the start of a run to its end.", new HistogramConfiguration { Buckets = DurationBuckets });
        _active = metrics.CreateGauge("llm_chain_active_runs", "Active runs of chains on this silo.");
    }

    /// <summary>This silo works on a run.</summary>
    public void OnActive() => _active.Inc();

    /// <summary>This silo does not work on it any more.</summary>
    public void OnInactive() => _active.Dec();

    /// <summary>A state was written, after another.</summary>
    public void OnWritten(RunState before, RunState after)
    {
        for (var i = 0; i < after.Steps.Length; i++)
        {
            if (after.Steps[i].IsSettled && !(i < before.Steps.Length && before.Steps[i].IsSettled))
            {
                _steps.WithLabels(Label(after.Steps[i].Status)).Inc();
            }
        }

        if (after.IsFinished && !before.IsFinished)
        {
            _runs.WithLabels(Label(after.Status)).Inc();
            _duration.Observe(Math.Max(0, (after.FinishedAt!.Value - after.CreatedAt).TotalSeconds));
        }
    }

    private static string Label<TStatus>(TStatus status) where TStatus : struct, Enum =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());
}
