using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Prism.Grains.Background;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>
/// A silo's side of one limit set: admits requests out of the blocks that it holds, in memory, and has the next block come before the last
/// is spent (see the other part of this class). At most one ask is in flight, and waiters are served in the order in which they came.
/// </summary>
internal sealed partial class LocalQuota : IAsyncDisposable
{
    // A line longer than this is not a queue but an outage.
    private const int MaxWaiters = 10_000;

    private readonly Lock _gate = new();
    private readonly string _silo;
    private readonly LimitSet _limits;
    private readonly ILeaseSource _source;
    private readonly TimeProvider _time;
    private readonly LimitSeries _telemetry;
    private readonly ILogger _logger;
    private readonly TaskScheduler _scheduler;
    private readonly ImmutableArray<LimitKind> _kinds;
    private readonly LeasePool[] _pools;
    private readonly PermitPool? _permits;
    private readonly ReservationTable _reservations;
    private readonly DenialCache _denial;
    private readonly LinkedList<LeaseWaiter> _waiters = new();
    private readonly TimeSpan _queueTimeout;
    private readonly ITimer _wake;
    private readonly ITimer _tick;
    private readonly FailureLog _askLog;
    private bool _closed;

    /// <param name="silo">The silo with its incarnation; has only one holder of this limit set.</param>
    /// <param name="limits">What is to be kept, as the ledger is also told.</param>
    /// <param name="queueTimeout">How long a request may wait in line. Zero: it waits only for the ledger's word.</param>
    /// <param name="source">The ledger.</param>
    /// <param name="time">The clock; only its monotonic side matters.</param>
    /// <param name="telemetry">Counts what is admitted and denied.</param>
    /// <param name="logger">Told when the ledger cannot be reached.</param>
    /// <param name="scheduler">Where asks run: never on a caller's, which may be a grain that ends before the ask does.</param>
    public LocalQuota(
        string silo,
        LimitSet limits,
        TimeSpan queueTimeout,
        ILeaseSource source,
        TimeProvider time,
        LimitSeries telemetry,
        ILogger logger,
        TaskScheduler scheduler)
    {
        (_silo, _limits, _queueTimeout, _source) = (silo, limits, queueTimeout, source);
        (_time, _telemetry, _logger, _scheduler) = (time, telemetry, logger, scheduler);
        (_kinds, ScarcestTokens) = (limits.Kinds, limits.ScarcestTokens);
        _pools = [.. _kinds.Where(kind => kind != LimitKind.Concurrency).Select(kind => new LeasePool(kind, limits.Of(kind)!.Value, time))];
        _permits = limits.MaxConcurrency is { } most ? new(most) : null;
        _reservations = new(_pools.Length);
        _denial = new(limits, time);
        _askLog = new("Asking the ledger", logger);
        _wake = time.CreateTimer(_ => Guard(OnWake), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var interval = HasLimits ? TickInterval : Timeout.InfiniteTimeSpan;
        _tick = time.CreateTimer(_ => Guard(OnTick), null, interval, interval);
    }

    /// <summary>How many admitted requests are not settled.</summary>
    public int OpenReservations => _reservations.Count;

    /// <summary>The least that a limit on tokens is.</summary>
    public long ScarcestTokens { get; }

    /// <summary>Whether there is anything to keep. Where not, only the provider's own word can hold a request back.</summary>
    public bool HasLimits => !_kinds.IsEmpty;

    /// <summary>What is to be kept.</summary>
    public LimitSet Limits => _limits;

    /// <summary>
    /// Admits a request out of what this silo holds: no waiting, no allocation. False: not at once, which <see cref="AdmitAsync"/> may
    /// change; the request has not been counted as demand then.
    /// </summary>
    public bool TryAdmit(in Charge charge, out LeaseReservation reservation)
    {
        if (!HasLimits && !_denial.WasHeldBack)
        {
            // Nothing to take and nothing to settle.
            reservation = default;
            return true;
        }

        lock (_gate)
        {
            var now = _time.GetTimestamp();
            if (_waiters.First is not null || !TryTake(charge, now, out reservation))
            {
                reservation = default;
                return false;
            }

            Count(charge);
            AskIfDue(now);
            return true;
        }
    }

    /// <summary>Admits a request, or says why not and when to come back.</summary>
    /// <param name="charge">What it takes.</param>
    /// <param name="cancellationToken">It is not wanted any more.</param>
    public ValueTask<LeaseAdmission> AdmitAsync(Charge charge, CancellationToken cancellationToken)
    {
        if (TryAdmit(charge, out var reservation))
        {
            return new(new LeaseAdmission(reservation, null));
        }

        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            if (FindImpossible(charge) is { } never)
            {
                return new(Deny(never));
            }

            Count(charge);
            if (FindRefusal(charge, now) is { } denial)
            {
                return new(Deny(denial));
            }

            var waiter = _waiters.AddLast(new LeaseWaiter(charge));
            waiter.Value.Watch(
                Queues ? _time.CreateTimer(_ => Guard(() => OnDeadline(waiter)), null, _queueTimeout, Timeout.InfiniteTimeSpan) : null,
                cancellationToken.UnsafeRegister((_, token) => Guard(() => OnCancelled(waiter, token)), null));
            AskIfDue(now);
            return new(waiter.Value.Outcome);
        }
    }

    /// <summary>Settles a reservation once.</summary>
    /// <param name="slot">Its place.</param>
    /// <param name="version">Its turn in that place.</param>
    /// <param name="used">What it used; null: all that was reserved.</param>
    /// <param name="sent">False: the provider never got to see it, so that it was no request either.</param>
    public void Settle(int slot, int version, Charge? used, bool sent = true)
    {
        lock (_gate)
        {
            if (!_reservations.TryClose(slot, version, out var reserved, out var blocks))
            {
                return;
            }

            // release before settle: a crash must under-bill, never leak a permit.
            if (!reserved.WithoutPermit)
            {
                _permits?.Release();
                _denial.Forget(LimitKind.Concurrency);
            }

            var now = _time.GetTimestamp();
            for (var i = 0; i < _pools.Length; i++)
            {
                var kind = _pools[i].Kind;
                var took = reserved.Of(kind);
                var spent = kind == LimitKind.RequestsPerMinute ? (sent ? 1 : 0) : (used ?? reserved).Of(kind);
                if (spent != took || kind.IsBudget())
                {
                    _pools[i].Settle(blocks[i], took, spent, now);
                    // The other silos are to know at once.
                    _reportDue |= _pools[i].HasUntoldDebt;
                }

                if (spent < took)
                {
                    _denial.Forget(kind);
                }
            }

            Serve(now);
            if (_waiters.Count == 0 && IsScarce(LimitKind.Concurrency))
            {
                // The next request may be on another silo.
                _permits!.SurrenderAll();
            }

            AskIfDue(now);
        }
    }

    /// <summary>The provider wants to be left alone, as this silo or another has been told.</summary>
    public void Throttle(TimeSpan duration)
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            _denial.Throttle(duration, now);
            Advance(now);
        }
    }

    /// <summary>The provider may be called again, whatever it said.</summary>
    public void LiftHoldBack()
    {
        lock (_gate)
        {
            _denial.Lift();
            Advance(_time.GetTimestamp());
        }
    }

    private bool Queues => _queueTimeout > TimeSpan.Zero;

    // More than a limit is never there.
    private LimitDenial? FindImpossible(in Charge charge)
    {
        foreach (var kind in _kinds)
        {
            if (charge.Of(kind) > _limits.Of(kind))
            {
                return new(kind, null, _limits.Of(kind));
            }
        }

        return null;
    }

    private LimitDenial? FindRefusal(in Charge charge, long now) =>
        _closed || _waiters.Count >= MaxWaiters ? new(LimitKind.Ledger, TimeSpan.FromSeconds(1), null)
            : !Queues ? _denial.Find(charge, now)
            : null;

    private void Count(in Charge charge)
    {
        foreach (var pool in _pools)
        {
            pool.Demand.Add(charge.Of(pool.Kind));
        }
    }

    // All or nothing.
    private bool TryTake(in Charge charge, long now, out LeaseReservation reservation)
    {
        reservation = default;
        if (_closed || now < _denial.HeldBackUntil || (!charge.WithoutPermit && _permits is { AnyFree: false }))
        {
            return false;
        }

        foreach (var pool in _pools)
        {
            if (!pool.Fits(charge.Of(pool.Kind), now))
            {
                return false;
            }
        }

        if (!charge.WithoutPermit)
        {
            _permits?.Take();
        }

        var (slot, version) = _reservations.Open(charge, out var blocks);
        for (var i = 0; i < _pools.Length; i++)
        {
            blocks[i] = _pools[i].Take(charge.Of(_pools[i].Kind), now);
        }

        _telemetry.OnAdmitted();
        reservation = new(this, slot, version);
        return true;
    }

    // Serves the line as far as there is something; where nobody queues, then sends those away whose denial is known.
    private void Serve(long now)
    {
        while (_waiters.First is { } first && TryTake(first.Value.Charge, now, out var reservation))
        {
            _waiters.RemoveFirst();
            first.Value.Complete(new(reservation, null));
        }

        for (var node = Queues ? null : _waiters.First; node is not null;)
        {
            var (waiter, next) = (node.Value, node.Next);
            if (_denial.Find(waiter.Charge, now) is { } denial)
            {
                _waiters.Remove(node);
                waiter.Complete(Deny(denial));
            }

            node = next;
        }
    }

    private LeaseAdmission Deny(LimitDenial denial)
    {
        _telemetry.OnDenied(denial.Kind);
        return new(default, denial);
    }

    private void OnDeadline(LinkedListNode<LeaseWaiter> waiter)
    {
        lock (_gate)
        {
            if (waiter.List is not null)
            {
                var now = _time.GetTimestamp();
                _waiters.Remove(waiter);
                waiter.Value.Complete(Deny(_denial.FindLast(now) ?? new(LimitKind.Ledger, TimeSpan.FromSeconds(1), null)));
                Advance(now);
            }
        }
    }

    private void OnCancelled(LinkedListNode<LeaseWaiter> waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (waiter.List is not null)
            {
                _waiters.Remove(waiter);
                waiter.Value.Cancel(cancellationToken);
                Advance(_time.GetTimestamp());
            }
        }
    }

    private void Guard(Action call) => BackgroundCall.Guard(call, "A turn of a silo's leases", _logger);

    private void Advance(long now)
    {
        Serve(now);
        AskIfDue(now);
    }
}
