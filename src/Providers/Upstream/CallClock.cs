using Prism.Grains.Interfaces.Memory;

namespace Prism.Providers.Upstream;

/// <summary>
/// The cancellation source and the timer of one exchange at a time. The next exchange of the same provider reuses both, unless the source was
/// cancelled: creating them costs more than using them.
/// </summary>
internal sealed class CallClock : IDisposable
{
    private readonly IdlePool<CallClock> _pool;
    private readonly CancellationTokenSource _aborted = new();
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private CancellationTokenRegistration _client;
    private UpstreamExchange? _exchange;

    public CallClock(IdlePool<CallClock> pool, TimeProvider time)
    {
        _pool = pool;
        _timer = time.CreateTimer(static clock => ((CallClock)clock!).OnTime(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Fires when the client disconnects, when the time is over, or when the exchange ends before its answer is complete.</summary>
    public CancellationToken Token => _aborted.Token;

    /// <summary>Begins to watch an exchange.</summary>
    public void Begin(UpstreamExchange exchange, TimeSpan timeout, CancellationToken client)
    {
        lock (_gate)
        {
            _exchange = exchange;
            _timer.Change(timeout, Timeout.InfiniteTimeSpan);
        }

        _client = client.UnsafeRegister(static clock => ((CallClock)clock!)._aborted.Cancel(), this);
    }

    /// <summary>Checks the exchange again after a time.</summary>
    public void Change(TimeSpan due) => _timer.Change(due, Timeout.InfiniteTimeSpan);

    /// <summary>The exchange is over.</summary>
    /// <param name="isWhole">Whether its answer was read to the end; otherwise the rest of it is cancelled.</param>
    public void End(bool isWhole)
    {
        _client.Dispose();
        lock (_gate)
        {
            _exchange = null;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        if (!isWhole)
        {
            _aborted.Cancel();
        }

        if (isWhole && _aborted.TryReset())
        {
            _pool.Return(this);
            return;
        }

        Dispose();
    }

    /// <summary>Disposes a clock that cannot be reused.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        _aborted.Dispose();
    }

    // Under the lock: a timer that fires late must not cancel the next exchange.
    private void OnTime()
    {
        lock (_gate)
        {
            if (_exchange is not { } exchange)
            {
                return;
            }

            if (exchange.Left() is { Ticks: > 0 } left)
            {
                _timer.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }

            exchange.OnTimedOut();
            _aborted.Cancel();
        }
    }
}
