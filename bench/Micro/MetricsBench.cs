using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Telemetry;
using Prometheus;

namespace Prism.Bench;

/// <summary>What a request costs that is counted.</summary>
public class MetricsBench : IDisposable
{
    private static readonly ChatUsage Usage = ChatUsage.Of(24, 25);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
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
            new(_services.GetRequiredService<IMeterFactory>()),
            "openai",
            "gpt-4o-mini");
    }

    [Benchmark(Description = "count a request, its tokens, its cost and its times")]
    public void Count()
    {
        _series.CountRequest(failure: null);
        _series.OnFirstToken(TimeSpan.FromMilliseconds(12));
        _series.CountTokens(Usage);
        _series.CountCost(0.0001m);
        _series.OnEnded(TimeSpan.FromMilliseconds(34), failure: null);
    }

    public void Dispose()
    {
        _services.Dispose();
        GC.SuppressFinalize(this);
    }
}
