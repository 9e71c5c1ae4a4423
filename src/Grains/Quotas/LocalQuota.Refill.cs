using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <content>The conversation with the ledger: one ask at a time, repeated until it is answered.</content>
internal sealed partial class LocalQuota
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);
    // Short: to repeat an ask costs nothing, while one that was lost has reports in it that a death would lose for good.
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(1);

    // Who waits for the ledger's word does so over the death of its silo, or the first call of all: a refusal would come back at once.
    private static readonly TimeSpan LedgerPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // What is asked for ahead of need may wait a little: where there is not much, it would else be asked for at each request.
    private static readonly TimeSpan AheadInterval = TimeSpan.FromMilliseconds(250);

    // How often the ledger is told what was spent, at the least. It counts it already, as granted.
    private const int TicksPerReport = 20;

    // How often it is told what comes back, which a death would lose. Of what is scarce it is told at each tick.
    private const int TicksPerReturn = 5;

    private readonly Dictionary<LimitKind, (LeaseGrant Grant, long At)> _stands = [];
    private LeaseAsk? _unanswered;
    private long _sequence;
    private long _askedAt;
    private long _repeatAt;
    private long _aheadAt;
    private int _failures;
    private int _ticks;
    private bool _asking;
    private bool _reportDue;
    private bool _leaving;
    private TaskCompletionSource? _left;

    /// <summary>
    /// Gives everything back that is not in use and admits nothing more. What is still in use is counted as used.
    /// </summary>
    public Task ReturnAllAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_left is null)
            {
                _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _closed = true;
                foreach (var waiter in _waiters)
                {
                    waiter.Complete(Deny(new(LimitKind.Ledger, TimeSpan.FromSeconds(1), null)));
                }

                _waiters.Clear();
                if (_sequence == 0)
                {
                    _left.SetResult();
                }

                AskIfDue(_time.GetTimestamp());
            }

            return _left.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Stops its timers. What is not returned is lost until it runs out.</summary>
    public async ValueTask DisposeAsync()
    {
        await _tick.DisposeAsync();
        await _wake.DisposeAsync();
    }

    private bool MustLeave => _left is { Task.IsCompleted: false } && !_leaving;

    private void AskIfDue(long now)
    {
        if (!_asking && IsAskDue(now))
        {
            _asking = true;
            _ = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
        }
        else if (!_asking && _waiters.First is not null)
        {
            WakeAt(Math.Max(Math.Max(_denial.AskAgainAt, _denial.HeldBackUntil), _unanswered is null ? 0 : _repeatAt), now);
        }
    }

    private bool IsAskDue(long now)
    {
        if (_unanswered is not null)
        {
            return now >= _repeatAt;
        }

        if (_closed)
        {
            return MustLeave;
        }

        if (_reportDue || _permits is { HasReports: true })
        {
            return true;
        }

        if (now < _denial.AskAgainAt || now < _denial.HeldBackUntil)
        {
            return false;
        }

        return _waiters.First is not null || (now >= _aheadAt && IsAnyLow(now));
    }

    private bool IsAnyLow(long now)
    {
        foreach (var pool in _pools)
        {
            if (pool.IsLow(now))
            {
                return true;
            }
        }

        return false;
    }

    private async Task RunAsync()
    {
        while (NextAsk() is { } ask)
        {
            try
            {
                _telemetry.OnGrainCall();
                OnAnswer(ask, await _source.AskAsync(ask).WaitAsync(AskTimeout, _time));
                _askLog.OnSucceeded();
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
            if (IsAskDue(now))
            {
                return _unanswered ??= Compose(now);
            }

            _asking = false;
            // Arms the timer for what is due later.
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

    private void OnFailed(Exception exception)
    {
        _askLog.OnFailed(exception);
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            var pause = ShortestPause * (1 << Math.Min(_failures++, 8));
            pause = pause < LongestPause ? pause : LongestPause;
            _repeatAt = now + ToTimestamp(pause);
            if (_time.GetElapsedTime(_askedAt, now) >= LedgerPatience)
            {
                // Nothing is known to be free: what is held may be spent, and no more.
                _denial.Remember(LimitKind.Ledger, 0, pause, now);
            }

            Serve(now);
        }
    }

    private void OnTick()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            var (isReportTime, isReturnTime) = (++_ticks % TicksPerReport == 0, _ticks % TicksPerReturn == 0);
            foreach (var pool in _pools)
            {
                pool.Sweep(now);
                // What is scarce and not used here may be just what others wait for.
                _reportDue |= pool.HasReports
                    && (isReportTime || (isReturnTime && pool.HasReturns) || IsScarce(pool.Kind));
            }

            if (_permits is not null)
            {
                if (isReportTime)
                {
                    _permits.Trim();
                }

                // To be told of others who wait for a share of those that are in use here.
                _reportDue |= _permits.Held > 0 && IsScarce(LimitKind.Concurrency);
            }

            AskIfDue(now);
        }
    }

    private bool IsScarce(LimitKind kind) => _stands.TryGetValue(kind, out var stand) && stand.Grant.Remaining <= stand.Grant.Limit / 4;

    private void OnWake()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            Advance(now);
        }
    }

    private void WakeAt(long at, long now)
    {
        var wait = _time.GetElapsedTime(now, Math.Max(now, at)) + TimeSpan.FromMilliseconds(1);
        _wake.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private long ToTimestamp(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
