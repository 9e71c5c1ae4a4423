using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Prism.Grains.Background;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>
/// A silo's side of one limit set: it admits requests out of the <see cref="LeaseStock"/> that this silo holds, in memory, and asks the ledger for
/// more before the stock is spent. Requests that find nothing wait in line and are served in the order in which they came.
/// </summary>
internal sealed class LocalQuota : IAsyncDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private static readonly LimitDenial Unreachable = new(LimitKind.Ledger, TimeSpan.FromSeconds(1), null);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly LimitSeries _telemetry;
    private readonly ILogger _logger;
    private readonly LeaseStock _stock;
    private readonly DenialCache _denial;
    private readonly LeaseAsks _asks;
    private readonly LedgerExchange _exchange;
    private readonly WaitingLine _line = new();
    private readonly TimeSpan _queueTimeout;
    private readonly ITimer _tick;

    /// <param name="silo">The silo with its incarnation. It has one local quota of this limit set.</param>
    /// <param name="limits">The limits, as the ledger gets them too.</param>
    /// <param name="queueTimeout">How long a request may wait in line. Zero: it waits only for the ledger's answer.</param>
    /// <param name="source">The ledger.</param>
    /// <param name="time">The clock. Only its monotonic side matters.</param>
    /// <param name="telemetry">Counts admissions and denials.</param>
    /// <param name="logger">Logs that the ledger cannot be reached.</param>
    /// <param name="scheduler">Runs the calls to the ledger.</param>
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
        (Limits, _queueTimeout, _time, _telemetry, _logger) = (limits, queueTimeout, time, telemetry, logger);
        (HasLimits, ScarcestTokens) = (!limits.Kinds.IsEmpty, limits.ScarcestTokens);
        _stock = new(limits, time, telemetry);
        _denial = new(limits, time);
        _asks = new(silo, _stock, _denial, _line, Queues, Serve, time);
        _exchange = new(_gate, _asks, () => Guard(OnWake), source, time, telemetry, logger, scheduler);
        var interval = HasLimits ? TickInterval : Timeout.InfiniteTimeSpan;
        _tick = time.CreateTimer(_ => Guard(OnTick), null, interval, interval);
    }

    /// <summary>The number of admitted requests that are not settled.</summary>
    public int OpenReservations => _stock.OpenReservations;

    /// <summary>The lowest limit on tokens.</summary>
    public long ScarcestTokens { get; }

    /// <summary>Whether there are any limits. If not, only a provider's own <c>Retry-After</c> throttles requests.</summary>
    public bool HasLimits { get; }

    /// <summary>The limits.</summary>
    public LimitSet Limits { get; }

    private bool Queues => _queueTimeout > TimeSpan.Zero;

    /// <summary>
    /// Admits a request out of the stock, without waiting or allocation. False: not at once, but perhaps with <see cref="AdmitAsync"/>; the request
    /// is not counted as demand then.
    /// </summary>
    public bool TryAdmit(in Charge charge, out LeaseReservation reservation)
    {
        if (!HasLimits && !_denial.WasThrottled)
        {
            // Nothing to take and nothing to settle.
            reservation = default;
            return true;
        }

        lock (_gate)
        {
            var now = _time.GetTimestamp();
            if (!_line.IsEmpty || !TryReserve(charge, now, out reservation))
            {
                reservation = default;
                return false;
            }

            _stock.Count(charge);
            _exchange.AskIfDue(now);
            return true;
        }
    }

    /// <summary>Admits a request, or denies it with the time until a retry is worthwhile.</summary>
    /// <param name="charge">The amounts to reserve.</param>
    /// <param name="cancellationToken">Cancelled when the caller no longer wants it.</param>
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
            if (_stock.FindImpossible(charge) is { } never)
            {
                return new(Deny(never));
            }

            _stock.Count(charge);
            if (FindRefusal(charge, now) is { } denial)
            {
                return new(Deny(denial));
            }

            var waiter = _line.Add(charge);
            waiter.Value.Watch(
                Queues ? _time.CreateTimer(_ => Guard(() => OnDeadline(waiter)), null, _queueTimeout, Timeout.InfiniteTimeSpan) : null,
                cancellationToken.UnsafeRegister((_, token) => Guard(() => OnCancelled(waiter, token)), null));
            _exchange.AskIfDue(now);
            return new(waiter.Value.Outcome);
        }
    }

    /// <summary>Settles a reservation once.</summary>
    /// <param name="slot">The slot of the reservation.</param>
    /// <param name="version">The version of the slot.</param>
    /// <param name="used">The amounts that were used; null: all that was reserved.</param>
    /// <param name="sent">False: the provider never received the request, so it does not count as one.</param>
    public void Settle(int slot, int version, Charge? used, bool sent = true)
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            if (!_stock.TrySettle(slot, version, used, sent, now, _denial, out var isReportDue))
            {
                return;
            }

            _asks.IsReportDue |= isReportDue;

            Serve(now);
            if (_line.IsEmpty)
            {
                _stock.SurrenderScarcePermits();
            }

            _exchange.AskIfDue(now);
        }
    }

    /// <summary>Admits nothing for a time, because the provider has sent <c>Retry-After</c> to this silo or another.</summary>
    public void Throttle(TimeSpan duration) => Change(now => _denial.Throttle(duration, now));

    /// <summary>Admits requests again, before the time that the provider has named.</summary>
    public void LiftThrottle() => Change(_ => _denial.Lift());

    /// <summary>See <see cref="LeaseStock.GetSnapshots"/>.</summary>
    public ImmutableArray<LimitStatus> GetSnapshots(ImmutableArray<LimitStatus>? others = null)
    {
        lock (_gate)
        {
            return _stock.GetSnapshots(others ?? [], _time.GetTimestamp());
        }
    }

    /// <summary>See <see cref="LeaseStock.IsOutdated"/>.</summary>
    public bool IsOutdated(ImmutableArray<LimitStatus> snapshots)
    {
        lock (_gate)
        {
            return _stock.IsOutdated(snapshots, _time.GetTimestamp());
        }
    }

    /// <summary>Returns everything that is not in use and admits nothing more. The stock in use counts as used.</summary>
    public Task ReturnAllAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_asks.IsClosed)
            {
                _asks.Leave(_exchange.HasAsked);
                foreach (var waiter in _line.RemoveAll())
                {
                    waiter.Complete(Deny(Unreachable));
                }

                _exchange.AskIfDue(_time.GetTimestamp());
            }

            return _asks.Left.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Stops the timers. Capacity that is not returned is lost until it expires.</summary>
    public async ValueTask DisposeAsync()
    {
        await _tick.DisposeAsync();
        await _exchange.DisposeAsync();
    }

    private LimitDenial? FindRefusal(in Charge charge, long now) =>
        _asks.IsClosed || _line.IsFull ? Unreachable
            : !Queues ? _denial.Find(charge, now)
            : null;

    private bool TryReserve(in Charge charge, long now, out LeaseReservation reservation)
    {
        reservation = default;
        if (_asks.IsClosed || now < _denial.ThrottledUntil || !_stock.TryReserve(charge, now, out var slot, out var version))
        {
            return false;
        }

        _telemetry.OnAdmitted();
        reservation = new(this, slot, version);
        return true;
    }

    // Serves the line as far as the stock goes. Without a queue, waiters whose denial is known are denied.
    private void Serve(long now)
    {
        while (_line.First is { } first && TryReserve(first, now, out var reservation))
        {
            _line.AdmitFirst(reservation);
        }

        if (!Queues && !_line.IsEmpty)
        {
            _line.DenyKnown(_denial, now, Deny);
        }
    }

    private LeaseAdmission Deny(LimitDenial denial)
    {
        _telemetry.OnDenied(denial.Kind);
        return new(default, denial);
    }

    private void OnTick()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            _asks.OnTick(now);
            _exchange.AskIfDue(now);
        }
    }

    private void OnWake() => Change(_ => { });

    private void OnDeadline(LinkedListNode<LeaseWaiter> waiter) => Change(now =>
    {
        if (_line.TryRemove(waiter))
        {
            waiter.Value.Complete(Deny(_denial.FindLast(now) ?? Unreachable));
        }
    });

    private void OnCancelled(LinkedListNode<LeaseWaiter> waiter, CancellationToken cancellationToken) => Change(_ =>
    {
        if (_line.TryRemove(waiter))
        {
            waiter.Value.Cancel(cancellationToken);
        }
    });

    private void Guard(Action call) => BackgroundCall.Guard(call, "A turn of a silo's leases", _logger);

    // Serves the line, and asks for more, after a change.
    private void Change(Action<long> change)
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            change(now);
            Serve(now);
            _exchange.AskIfDue(now);
        }
    }
}
