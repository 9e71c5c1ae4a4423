using System.Collections.Immutable;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>
/// The capacity of one limit set that a silo holds: the blocks of each limit, the permits, and the reservations made out of both. Not thread-safe:
/// used under the lock of its <see cref="LocalQuota"/>.
/// </summary>
internal sealed class LeaseStock
{
    private readonly LimitSet _limits;
    private readonly LimitSeries _telemetry;
    private readonly ImmutableArray<LimitKind> _kinds;
    private readonly LeasePool[] _pools;
    private readonly PermitPool? _permits;
    private readonly ReservationTable _reservations;
    private readonly KnownLimits _known;

    public LeaseStock(LimitSet limits, TimeProvider time, LimitSeries telemetry)
    {
        (_limits, _telemetry, _kinds, _known) = (limits, telemetry, limits.Kinds, new(time));
        _pools = [.. _kinds.Where(kind => kind != LimitKind.Concurrency).Select(kind => new LeasePool(kind, limits.Of(kind)!.Value, time))];
        _permits = limits.MaxConcurrency is { } most ? new(most) : null;
        _reservations = new(_pools.Length);
    }

    /// <summary>The number of reservations that are not settled.</summary>
    public int OpenReservations => _reservations.Count;

    /// <summary>Whether there are returned permits to report. They are reported at once.</summary>
    public bool HasPermitReports => _permits is { HasReports: true };

    /// <summary>The limit that a charge exceeds on its own, if there is one: it can never be admitted.</summary>
    public LimitDenial? FindImpossible(in Charge charge)
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

    /// <summary>Counts a request as demand.</summary>
    public void Count(in Charge charge)
    {
        foreach (var pool in _pools)
        {
            pool.Demand.Add(charge.Of(pool.Kind));
        }
    }

    /// <summary>Reserves a charge: of every limit, or nothing.</summary>
    public bool TryReserve(in Charge charge, long now, out int slot, out int version)
    {
        (slot, version) = (0, 0);
        if (!charge.WithoutPermit && _permits is { AnyFree: false })
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
            _permits?.Reserve();
        }

        (slot, version) = _reservations.Open(charge, out var blocks);
        for (var i = 0; i < _pools.Length; i++)
        {
            blocks[i] = _pools[i].Reserve(charge.Of(_pools[i].Kind), now);
        }

        return true;
    }

    /// <summary>
    /// Settles a reservation once: see <see cref="LocalQuota.Settle"/>. Has <paramref name="denial"/> forget the limits that have room again.
    /// <paramref name="isReportDue"/>: other silos have to learn of it at once.
    /// </summary>
    /// <returns>False if it is settled already.</returns>
    public bool TrySettle(int slot, int version, Charge? used, bool sent, long now, DenialCache denial, out bool isReportDue)
    {
        isReportDue = false;
        if (!_reservations.TryClose(slot, version, out var reserved, out var blocks))
        {
            return false;
        }

        // release before settle: a crash must under-bill, never leak a permit.
        if (!reserved.WithoutPermit)
        {
            _permits?.Release();
            denial.Forget(LimitKind.Concurrency);
        }

        for (var i = 0; i < _pools.Length; i++)
        {
            var kind = _pools[i].Kind;
            var took = reserved.Of(kind);
            var spent = kind == LimitKind.RequestsPerMinute ? (sent ? 1 : 0) : (used ?? reserved).Of(kind);
            if (spent != took || kind.IsBudget())
            {
                _pools[i].Settle(blocks[i], took, spent, now);
                isReportDue |= _pools[i].HasUnreportedDebt;
            }

            if (spent < took)
            {
                denial.Forget(kind);
            }
        }

        return true;
    }

    /// <summary>Gives back the free permits if they are scarce: the next request may be on another silo.</summary>
    public void SurrenderScarcePermits()
    {
        if (_known.IsScarce(LimitKind.Concurrency))
        {
            _permits!.SurrenderAll();
        }
    }

    /// <summary>Whether any limit needs more than is left here.</summary>
    public bool IsAnyLow(long now)
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

    /// <summary>Drops expired capacity.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isReportTime">Whether spending is reported, and unused permits are returned.</param>
    /// <param name="isReturnTime">Whether returned capacity is reported.</param>
    /// <returns>Whether there is something to report to the ledger.</returns>
    public bool Sweep(long now, bool isReportTime, bool isReturnTime)
    {
        var isReportDue = false;
        foreach (var pool in _pools)
        {
            pool.Sweep(now);
            // Other silos may be waiting for scarce capacity that is not used here.
            isReportDue |= pool.HasReports && (isReportTime || (isReturnTime && pool.HasReturns) || _known.IsScarce(pool.Kind));
        }

        if (_permits is null)
        {
            return isReportDue;
        }

        if (isReportTime)
        {
            _permits.Trim();
        }

        // The answer reports silos that wait for a share of the permits in use here.
        return isReportDue || (_permits.Held > 0 && _known.IsScarce(LimitKind.Concurrency));
    }

    /// <summary>
    /// The state of the limits in the whole cluster as far as this silo knows: the last grants, and its own stock. Limits without a grant are left
    /// out.
    /// </summary>
    /// <param name="others">The snapshots of another limit set, which come first.</param>
    /// <param name="now">The time.</param>
    public ImmutableArray<LimitStatus> GetSnapshots(ImmutableArray<LimitStatus> others, long now)
    {
        var snapshots = ImmutableArray.CreateBuilder<LimitStatus>(others.Length + _known.Count);
        snapshots.AddRange(others);
        foreach (var kind in _kinds)
        {
            if (_known.StatusOf(kind, HeldOf(kind, now), now) is { } status)
            {
                snapshots.Add(status);
            }
        }

        return snapshots.MoveToImmutable();
    }

    /// <summary>Whether a snapshot promises more than there is now, or lacks a limit. It costs no new snapshot to find out.</summary>
    public bool IsOutdated(ImmutableArray<LimitStatus> snapshots, long now)
    {
        foreach (var snapshot in snapshots)
        {
            if (_known.RemainingOf(snapshot.Kind, HeldOf(snapshot.Kind, now)) < snapshot.Remaining)
            {
                return true;
            }
        }

        return snapshots.Length != _known.Count;
    }

    /// <summary>Composes the wants and reports of an ask.</summary>
    /// <param name="now">The time.</param>
    /// <param name="first">The charge at the head of the line, if it may be served.</param>
    /// <param name="line">The sum of the line.</param>
    /// <param name="isLeaving">Gives everything back and wants nothing.</param>
    public (ImmutableArray<LeaseWant> Wants, ImmutableArray<LeaseReport> Reports) Compose(long now, Charge? first, LineSums line, bool isLeaving)
    {
        var wants = ImmutableArray.CreateBuilder<LeaseWant>();
        var reports = ImmutableArray.CreateBuilder<LeaseReport>();
        foreach (var pool in _pools)
        {
            pool.Compose(wants, reports, now, first, line, isLeaving);
        }

        _permits?.Compose(wants, reports, first, line.Requests, isLeaving);
        return (wants.DrainToImmutable(), reports.DrainToImmutable());
    }

    /// <summary>The ledger has received the reports.</summary>
    public void OnReported()
    {
        foreach (var pool in _pools)
        {
            pool.OnAnswered();
        }
    }

    /// <summary>Adds the grants of an answer.</summary>
    public void Add(LeaseAnswer answer, long askedAt, long now)
    {
        var permits = 0L;
        foreach (var grant in answer.Grants)
        {
            _known.OnGranted(grant, now);
            _telemetry.OnRemaining(grant.Kind, grant.Remaining);
            if (grant.Kind == LimitKind.Concurrency)
            {
                permits = grant.Amount;
            }
            else if (grant.Amount > 0)
            {
                Array.Find(_pools, pool => pool.Kind == grant.Kind)?.Add(grant, askedAt, now);
            }
        }

        _permits?.OnAnswer(permits, answer.PermitsToKeep);
    }

    private long HeldOf(LimitKind kind, long now)
    {
        foreach (var pool in _pools)
        {
            if (pool.Kind == kind)
            {
                return pool.LeftAt(now);
            }
        }

        return _permits?.Free ?? 0;
    }
}
