using Prism.Grains.Interfaces.Cluster;
using Prism.Grains.Interfaces.Memory;

namespace Prism.Gateway.Chat;

/// <summary>
/// Ends a call before its answer is complete: when its client disconnects, or when the silo's time to shut down is over. Later calls reuse the
/// cancellation sources: creating one for each call costs more than using it.
/// </summary>
internal sealed class CallEnds(IDrain drain)
{
    private readonly IdlePool<CallEnd> _idle = new(pool => new(pool));

    /// <summary>The end of one call, to be disposed with it.</summary>
    public CallEnd Begin(CancellationToken client)
    {
        var end = _idle.Rent();
        end.Begin(client, drain.Deadline);
        return end;
    }
}

/// <summary>The end of one call.</summary>
internal sealed class CallEnd(IdlePool<CallEnd> pool) : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private CancellationTokenRegistration _client;
    private CancellationTokenRegistration _deadline;

    /// <summary>Fires in both cases.</summary>
    public CancellationToken Token => _source.Token;

    public void Begin(CancellationToken client, CancellationToken deadline)
    {
        _client = client.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        _deadline = deadline.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public void Dispose()
    {
        // Waits for a callback in progress: after this no registration uses the source.
        _client.Dispose();
        _deadline.Dispose();
        if (_source.TryReset())
        {
            pool.Return(this);
        }
        else
        {
            _source.Dispose();
        }
    }
}
