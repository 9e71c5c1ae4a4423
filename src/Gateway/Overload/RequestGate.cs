using System.Threading.RateLimiting;
using Prism.Pipeline;

namespace Prism.Gateway.Overload;

/// <summary>
/// Bounds the requests that this silo processes at the same time, so that an overloaded silo still answers as many as it can. Few requests wait, and
/// not for long: an answer to a client that has given up is wasted.
/// </summary>
internal sealed class RequestGate(ISnapshotSource snapshots, OverloadTelemetry telemetry, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private volatile BoundedLimiter? _current;

    /// <summary>Admits a request, after a wait if the silo is busy.</summary>
    /// <returns>The permit, to be disposed at the request's end; null if there are too many requests.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected during the wait.</exception>
    public ValueTask<RateLimitLease?> TryEnterAsync(CancellationToken client)
    {
        var limiter = FindLimiter();
        var lease = limiter.AttemptAcquire();
        return lease.IsAcquired ? new(lease) : WaitAsync(limiter, client);
    }

    public void Dispose() => _current?.Limiter.Dispose();

    private ConcurrencyLimiter FindLimiter()
    {
        if (_current is { } current && current.Has(snapshots.Current.Overload))
        {
            return current.Limiter;
        }

        lock (_gate)
        {
            // Requests that the old one has let in leave there, and those that wait there are served there.
            var overload = snapshots.Current.Overload;
            _current = _current is { } other && other.Has(overload) ? other : new(overload);
            return _current.Limiter;
        }
    }

    private async ValueTask<RateLimitLease?> WaitAsync(ConcurrencyLimiter limiter, CancellationToken client)
    {
        using var patience = new CancellationTokenSource(snapshots.Current.Overload.QueueTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(client, patience.Token);
        telemetry.OnQueued();
        try
        {
            var lease = await limiter.AcquireAsync(1, either.Token);
            if (lease.IsAcquired)
            {
                return lease;
            }

            telemetry.OnQueueFull();
        }
        catch (OperationCanceledException) when (!client.IsCancellationRequested)
        {
            telemetry.OnQueueTimeout();
        }
        finally
        {
            telemetry.OnDequeued();
        }

        return null;
    }

    private sealed class BoundedLimiter(OverloadOptions overload)
    {
        private readonly (int, int) _bounds = (overload.MaxConcurrentRequests, overload.MaxQueuedRequests);

        public ConcurrencyLimiter Limiter { get; } = new(new()
        {
            PermitLimit = overload.MaxConcurrentRequests,
            QueueLimit = overload.MaxQueuedRequests,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });

        public bool Has(OverloadOptions other) => _bounds == (other.MaxConcurrentRequests, other.MaxQueuedRequests);
    }
}
