using BenchmarkDotNet.Attributes;
using Prism.Chat;
using Prometheus;

namespace Prism.Bench;

/// <summary>What a request costs that is counted.</summary>
public class MetricsBench
{
    private static readonly ChatUsage Usage = ChatUsage.Of(24, 25);

    private readonly ChatSeries _series;

    public MetricsBench()
    {
        var metrics = Metrics.WithCustomRegistry(Metrics.NewCustomRegistry());
        string[] labels = ["provider", "model"];
        _series = new(
            metrics.CreateCounter("requests", "", [.. labels, "status"]),
            metrics.CreateHistogram("duration", "", labels),
            metrics.CreateHistogram("first_token", "", labels),
            metrics.CreateCounter("tokens", "", [.. labels, "type"]),
            metrics.CreateCounter("cost", "", labels),
            "openai",
            "gpt-4o-mini");
    }

    [Benchmark(Description = "count a request, its tokens, its cost and its times")]
    public void Count()
    {
        _series.CountRequest(error: null);
        _series.OnFirstToken(TimeSpan.FromMilliseconds(12));
        _series.CountTokens(Usage);
        _series.CountCost(0.0001m);
        _series.OnEnded(TimeSpan.FromMilliseconds(34));
    }
}
