using System.Collections.Immutable;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <content>What is said to the ledger, and what is made of its answer.</content>
internal sealed partial class LocalQuota
{
    /// <summary>
    /// How the limits stand in the whole cluster, as far as this silo knows: as it was told last, and what it has itself. Those that it has
    /// not asked about are not in it.
    /// </summary>
    public ImmutableArray<LimitStatus> GetSnapshots()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            var stands = ImmutableArray.CreateBuilder<LimitStatus>(_stands.Count);
            foreach (var kind in _kinds)
            {
                if (!_stands.TryGetValue(kind, out var stand))
                {
                    continue;
                }

                var (grant, at) = stand;
                var left = grant.ResetAfter - _time.GetElapsedTime(at, now);
                stands.Add(new()
                {
                    Kind = kind,
                    Limit = grant.Limit,
                    Remaining = Math.Clamp(grant.Remaining + HeldOf(kind, now), 0, grant.Limit),
                    ResetAfter = left > TimeSpan.Zero ? left : TimeSpan.Zero,
                });
            }

            return stands.MoveToImmutable();
        }
    }

    private long HeldOf(LimitKind kind, long now) => kind == LimitKind.Concurrency
        ? _permits!.Free
        : Array.Find(_pools, pool => pool.Kind == kind)!.LeftAt(now);

    private LeaseAsk Compose(long now)
    {
        var wants = ImmutableArray.CreateBuilder<LeaseWant>();
        var reports = ImmutableArray.CreateBuilder<LeaseReport>();
        var (first, line) = (_denial.HeldBackUntil > now ? null : _waiters.First?.Value, SumLine());
        foreach (var pool in _pools)
        {
            pool.Sweep(now);
            var isLow = pool.IsLow(now) && !_closed;
            var perSecond = pool.Demand.Measure(now);
            var needed = first is null || pool.Fits(first.Charge.Of(pool.Kind), now) ? 0 : first.Charge.Of(pool.Kind);
            if (needed > 0 || _closed)
            {
                // What is too little here may be enough together with what the ledger has.
                pool.SurrenderAll();
            }

            // After a debt it is asked how the limit stands: the headers are to tell.
            if (needed > 0 || isLow || pool.IsInDebt)
            {
                wants.Add(new(pool.Kind, needed, line.Of(pool.Kind), perSecond));
            }

            pool.DrainReports(reports);
        }

        ComposePermits(wants, reports, first);
        _leaving = MustLeave;
        (_reportDue, _askedAt, _aheadAt) = (false, now, now + ToTimestamp(AheadInterval));
        return new()
        {
            Silo = _silo,
            Sequence = ++_sequence,
            Reports = reports.DrainToImmutable(),
            Wants = wants.DrainToImmutable(),
            Waiting = Queues && _waiters.Count > 0,
            Leaving = _leaving,
        };
    }

    private void ComposePermits(
        ImmutableArray<LeaseWant>.Builder wants, ImmutableArray<LeaseReport>.Builder reports, LeaseWaiter? first)
    {
        if (_permits is null)
        {
            return;
        }

        if (_closed)
        {
            _permits.SurrenderAll();
        }

        // Asked for also when none is needed: the answer tells how many may be kept.
        wants.Add(first is null or { Charge.WithoutPermit: true } || _permits.AnyFree
            ? new(LimitKind.Concurrency, 0, 0, 0)
            : new(LimitKind.Concurrency, 1, _waiters.Count, 0));
        if (_permits.DrainReturned() is > 0 and var returned)
        {
            reports.Add(new(LimitKind.Concurrency, 0, returned, 0));
        }
    }

    private LineSums SumLine()
    {
        var sums = default(LineSums);
        foreach (var waiter in _waiters)
        {
            sums = new(sums.Requests + 1, new(sums.Amounts.Tokens + waiter.Charge.Tokens, sums.Amounts.MicroUsd + waiter.Charge.MicroUsd));
        }

        return sums;
    }

    private void OnAnswer(LeaseAsk ask, LeaseAnswer answer)
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            (_unanswered, _failures) = (null, 0);
            foreach (var pool in _pools)
            {
                pool.OnAnswered();
            }

            TakeIn(answer, now);
            if (answer.HeldBackFor > TimeSpan.Zero)
            {
                _denial.Throttle(answer.HeldBackFor, now);
            }
            else if (answer.DeniedBy is { } kind)
            {
                _denial.Remember(kind, ask.Wants.FirstOrDefault(want => want.Kind == kind).Needed, answer.RetryAfter, now);
            }
            else if (ask.Wants.Any(want => want.Needed > 0))
            {
                _denial.Forget();
            }

            if (ask.Leaving)
            {
                _left!.TrySetResult();
            }

            Serve(now);
        }
    }

    private void TakeIn(LeaseAnswer answer, long now)
    {
        var permits = 0L;
        foreach (var grant in answer.Grants)
        {
            _stands[grant.Kind] = (grant, now);
            _telemetry.OnRemaining(grant.Kind, grant.Remaining);
            if (grant.Kind == LimitKind.Concurrency)
            {
                permits = grant.Amount;
            }
            else if (grant.Amount > 0)
            {
                Array.Find(_pools, pool => pool.Kind == grant.Kind)?.Add(grant, _askedAt, now);
            }
        }

        _permits?.OnAnswer(permits, answer.PermitsToKeep);
    }

    private readonly record struct LineSums(long Requests, Charge Amounts)
    {
        public long Of(LimitKind kind) => kind == LimitKind.RequestsPerMinute ? Requests : Amounts.Of(kind);
    }
}
