namespace Prism.Pipeline.Attempts;

/// <summary>Ends an attempt that has no first token when its time is over. An attempt with a first token has no deadline.</summary>
internal sealed class AttemptDeadline : IDisposable
{
    private const int Waiting = 0;
    private const int Kept = 1;
    private const int Expired = 2;

    private readonly CancellationTokenSource _aborted;
    private readonly ITimer _timer;
    private int _state;

    public AttemptDeadline(TimeSpan left, TimeProvider time, CancellationToken caller)
    {
        _aborted = CancellationTokenSource.CreateLinkedTokenSource(caller);
        _timer = time.CreateTimer(static deadline => ((AttemptDeadline)deadline!).OnTime(), this, left, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Fires when the time is over or the caller disconnects.</summary>
    public CancellationToken Token => _aborted.Token;

    /// <summary>Whether the deadline ended the attempt.</summary>
    public bool HasExpired => Volatile.Read(ref _state) == Expired;

    /// <summary>The attempt has a first token. False: too late.</summary>
    public bool TryKeep() => Interlocked.CompareExchange(ref _state, Kept, Waiting) == Waiting;

    public void Dispose()
    {
        _timer.Dispose();
        _aborted.Dispose();
    }

    private void OnTime()
    {
        if (Interlocked.CompareExchange(ref _state, Expired, Waiting) != Waiting)
        {
            return;
        }

        try
        {
            _aborted.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The attempt ended while its timer fired.
        }
    }
}
