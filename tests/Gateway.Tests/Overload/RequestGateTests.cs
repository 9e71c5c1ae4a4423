using System.Text;
using Microsoft.Extensions.Time.Testing;
using Prism.Gateway.Overload;
using Prism.Tests.Snapshots;
using Prometheus;

namespace Prism.Tests.Overload;

/// <summary>Who is let in, who waits, and who is refused.</summary>
public sealed class RequestGateTests : IDisposable
{
    private static readonly CancellationToken Stays = CancellationToken.None;

    private readonly FakeTimeProvider _time = new();
    private readonly ExchangedSnapshots _snapshots = new();
    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();
    private readonly RequestGate _gate;

    public RequestGateTests() => _gate = new(
        _snapshots.Exchange(current => current with
        {
            Overload = new() { MaxConcurrentRequests = 1, MaxQueuedRequests = 2, QueueTimeout = TimeSpan.FromSeconds(2) },
        }),
        new OverloadTelemetry(Prometheus.Metrics.WithCustomRegistry(_registry), new(1 << 20)),
        _time);

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task Those_who_wait_are_served_in_order_and_more_are_refused_at_once()
    {
        var first = await _gate.TryEnterAsync(Stays);
        var (second, third) = (_gate.TryEnterAsync(Stays).AsTask(), _gate.TryEnterAsync(Stays).AsTask());
        var fourth = _gate.TryEnterAsync(Stays);

        Assert.True(fourth.IsCompletedSuccessfully);
        Assert.Null(await fourth);
        await AssertMetricAsync("llm_queued_requests 2");
        await AssertMetricAsync("""llm_shed_requests_total{reason="queue_full"} 1""");
        first!.Dispose();
        var lease = await second;
        Assert.False(third.IsCompleted);
        lease!.Dispose();
        Assert.NotNull(await third);
        await AssertMetricAsync("llm_queued_requests 0");
    }

    [Fact]
    public async Task Who_has_waited_for_too_long_is_refused_and_leaves_its_place()
    {
        using var first = await _gate.TryEnterAsync(Stays);
        var second = _gate.TryEnterAsync(Stays).AsTask();
        Assert.False(second.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Null(await second);
        await AssertMetricAsync("""llm_shed_requests_total{reason="queue_timeout"} 1""");
        Task[] waiting = [_gate.TryEnterAsync(Stays).AsTask(), _gate.TryEnterAsync(Stays).AsTask()];
        Assert.All(waiting, wait => Assert.False(wait.IsCompleted));
    }

    [Fact]
    public async Task Other_bounds_are_for_the_requests_that_come_after_them()
    {
        using var first = await _gate.TryEnterAsync(Stays);
        var waiting = _gate.TryEnterAsync(Stays).AsTask();

        _snapshots.Exchange(current => current with { Overload = new() { MaxConcurrentRequests = 2, MaxQueuedRequests = 0 } });

        using var second = await _gate.TryEnterAsync(Stays);
        using var third = await _gate.TryEnterAsync(Stays);
        Assert.True(second is not null && third is not null);
        Assert.Null(await _gate.TryEnterAsync(Stays));
        Assert.False(waiting.IsCompleted);
        first!.Dispose();
        using var served = await waiting;
        Assert.NotNull(served);
    }

    [Fact]
    public async Task Who_leaves_while_it_waits_is_not_counted_as_refused()
    {
        using var client = new CancellationTokenSource();
        using var first = await _gate.TryEnterAsync(Stays);
        var second = _gate.TryEnterAsync(client.Token).AsTask();

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await AssertMetricAsync("""llm_shed_requests_total{reason="queue_timeout"} 0""");
        await AssertMetricAsync("llm_queued_requests 0");
    }

    private async Task AssertMetricAsync(string line)
    {
        using var page = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(page);
        Assert.Contains(line, Encoding.UTF8.GetString(page.ToArray()).Split('\n'));
    }
}
