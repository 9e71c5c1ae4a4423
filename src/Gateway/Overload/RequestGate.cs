using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Prism.Gateway.Overload;

/// <summary>
/// Bounds how many requests this silo works on at the same time, so that with too many of them it still answers as many as it can. What waits is
/// few and does not wait for long: an answer that nobody waits for any more is work for nothing.
/// </summary>
internal sealed class RequestGate(IOptions<OverloadOptions> options, OverloadTelemetry telemetry, TimeProvider time) : IDisposable
{
    private readonly ConcurrencyLimiter _limiter = new(new()
    {
        PermitLimit = options.Value.MaxConcurrentRequests,
        QueueLimit = options.Value.MaxQueuedRequests,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Lets a request in, after a wait where that is needed.</summary>
    /// <returns>To be disposed at the request's end; null where there are too many.</returns>
    /// <exception cref="OperationCanceledException">The client left while it waited.</exception>
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
