using System.Collections.Concurrent;
using Prism.Tests.Processes;

namespace Prism.Tests.Drain;

/// <summary>A load balancer: asks each silo again and again whether it is ready, and sends requests to those that are, in turn.</summary>
internal sealed class Balancer : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<PrismProcess, bool> _ready = new();
    private readonly ConcurrentBag<Task> _watches = [];
    private readonly CancellationTokenSource _stop = new();
    private int _next;

    /// <summary>Watches a silo that is ready.</summary>
    public void Add(PrismProcess silo)
    {
        _ready[silo] = true;
        _watches.Add(WatchAsync(silo));
    }

    /// <summary>Whose turn it is.</summary>
    public PrismProcess Next()
    {
        var ready = _ready.Where(one => one.Value).Select(one => one.Key).OrderBy(silo => silo.SiloPort).ToList();
        return ready[(int)((uint)Interlocked.Increment(ref _next) % ready.Count)];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_watches);
        _stop.Dispose();
    }

    private async Task WatchAsync(PrismProcess silo)
    {
        using var timer = new PeriodicTimer(Interval);
        while (!_stop.IsCancellationRequested && !silo.HasExited)
        {
            _ready[silo] = await silo.AnswersAsync("/healthz/ready");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        _ready[silo] = false;
    }
}
