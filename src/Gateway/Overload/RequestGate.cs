using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Prism.Gateway.Overload;

/// <summary>
/// Bounds the requests that this silo processes at the same time, so that an overloaded silo still answers as many as it can. Few requests wait, and
/// not for long: an answer to a client that has given up is wasted.
/// </summary>
internal sealed class RequestGate(IOptions<OverloadOptions> options, OverloadTelemetry telemetry, TimeProvider time) : IDisposable
{
    private readonly ConcurrencyLimiter _limiter = new(new()
    {
        PermitLimit = options.Value.MaxConcurrentRequests,
        QueueLimit = options.Value.MaxQueuedRequests,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Admits a request, after a wait if the silo is busy.</summary>
    /// <returns>The permit, to be disposed at the request's end; null if there are too many requests.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected during the wait.</exception>
    public ValueTask<RateLimitLease?> TryEnterAsync(CancellationToken client)
    {
        var lease = _limiter.AttemptAcquire();
        return lease.IsAcquired ? new(lease) : WaitAsync(client);
    }

    public void Dispose() => _limiter.Dispose();

    private async ValueTask<RateLimitLease?> WaitAsync(CancellationToken client)
    {
        using var patience = new CancellationTokenSource(options.Value.QueueTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(client, patience.Token);
        telemetry.OnQueued();
        try
        {
            var lease = await _limiter.AcquireAsync(1, either.Token);
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
}
