using Microsoft.Extensions.Logging;
using Prism.Grains.Background;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>
/// A silo's exchange with the ledger of one limit set: at most one ask is in flight, and it is repeated until the ledger answers. Asks run on a
/// scheduler of their own: a caller may be a grain that ends before the ask does.
/// </summary>
internal sealed class LedgerExchange : IAsyncDisposable
{
    // Short: repeating an ask costs nothing, and a lost ask has reports in it that a crash of this silo would lose for good.
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly Lock _gate;
    private readonly LeaseAsks _asks;
    private readonly ILeaseSource _source;
    private readonly TimeProvider _time;
    private readonly LimitSeries _telemetry;
    private readonly TaskScheduler _scheduler;
    private readonly FailureLog _log;
    private readonly ITimer _wake;
    private LeaseAsk? _unanswered;
    private long _sequence;
    private long _askedAt;
    private long _repeatAt;
    private int _failures;
    private bool _asking;

    /// <param name="gate">The lock under which asks are composed and answers are taken.</param>
    /// <param name="asks">Composes asks and takes answers.</param>
    /// <param name="wake">Called, not under the lock, when it is time to look again.</param>
    /// <param name="source">The ledger.</param>
    /// <param name="time">The clock.</param>
    /// <param name="telemetry">Counts asks.</param>
    /// <param name="logger">Logs that the ledger cannot be reached.</param>
    /// <param name="scheduler">Runs the asks.</param>
    public LedgerExchange(
        Lock gate,
        LeaseAsks asks,
        Action wake,
        ILeaseSource source,
        TimeProvider time,
        LimitSeries telemetry,
        ILogger logger,
        TaskScheduler scheduler)
    {
        (_gate, _asks, _source, _time, _telemetry, _scheduler) = (gate, asks, source, time, telemetry, scheduler);
        _log = new("Asking the ledger", logger);
        _wake = time.CreateTimer(_ => wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the ledger was ever asked. If not, it does not know this silo.</summary>
    public bool HasAsked => _sequence > 0;

    /// <summary>Asks the ledger if there is a reason to, or arms the timer for when there may be one. Called under the lock.</summary>
    public void AskIfDue(long now)
    {
        if (!_asking && IsDue(now))
        {
            _asking = true;
            _ = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
        }
        else if (!_asking && _asks.HasWaiters)
        {
            WakeAt(Math.Max(_asks.AskAgainAt, _unanswered is null ? 0 : _repeatAt), now);
        }
    }

    /// <summary>Stops the timer.</summary>
    public ValueTask DisposeAsync() => _wake.DisposeAsync();

    private bool IsDue(long now) => _unanswered is null ? _asks.IsAskDue(now) : now >= _repeatAt;

    private async Task RunAsync()
    {
        while (NextAsk() is { } ask)
        {
            try
            {
                _telemetry.OnGrainCall();
                OnAnswer(ask, await _source.AskAsync(ask).WaitAsync(AskTimeout, _time));
                _log.OnSucceeded();
            }
            catch (Exception exception)
            {
                OnFailed(exception);
            }
        }
    }

    private LeaseAsk? NextAsk()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            if (IsDue(now))
            {
                return _unanswered ??= Compose(now);
            }

            _asking = false;
            // Arms the timer for later asks.
            if (_unanswered is not null)
            {
                WakeAt(_repeatAt, now);
            }
            else
            {
                AskIfDue(now);
            }

            return null;
        }
    }

    private LeaseAsk Compose(long now)
    {
        _askedAt = now;
        return _asks.Compose(now, ++_sequence);
    }

    private void OnAnswer(LeaseAsk ask, LeaseAnswer answer)
    {
        lock (_gate)
        {
            (_unanswered, _failures) = (null, 0);
            _asks.OnAnswer(ask, answer, _askedAt, _time.GetTimestamp());
        }
    }

    private void OnFailed(Exception exception)
    {
        _log.OnFailed(exception);
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            var pause = ShortestPause * (1 << Math.Min(_failures++, 8));
            pause = pause < LongestPause ? pause : LongestPause;
            _repeatAt = now + (long)(pause.TotalSeconds * _time.TimestampFrequency);
            _asks.OnUnanswered(_time.GetElapsedTime(_askedAt, now), pause, now);
        }
    }

    private void WakeAt(long at, long now)
    {
        var wait = _time.GetElapsedTime(now, Math.Max(now, at)) + TimeSpan.FromMilliseconds(1);
        _wake.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
