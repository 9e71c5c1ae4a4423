using System.Collections.Immutable;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>
/// A silo's capacity of one rate or budget: the block that it spends, and the one before, of which a part may be left. A request takes its amount out
/// of one block. Not thread-safe.
/// </summary>
internal sealed class LeasePool(LimitKind kind, long limit, TimeProvider time)
{
    private readonly List<LeaseReport> _reports = [];
    private Block _old;
    private Block _current;
    // Spending beyond all blocks: the part that is not reported yet, and the part that the ledger has not confirmed.
    private long _debt;
    private long _debtReported;

    public LimitKind Kind => kind;

    public long Limit => limit;

    public DemandMeter Demand { get; } = new(time);

    /// <summary>Whether there is something to report to the ledger.</summary>
    public bool HasReports => _reports.Count > 0;

    /// <summary>Whether there is something to return.</summary>
    public bool HasReturns => _reports.Exists(report => report.Returned > 0);

    /// <summary>Whether more was spent than there was, and the ledger has not answered to it yet. Nothing is admitted until then.</summary>
    public bool IsInDebt => _debt + _debtReported > 0;

    /// <summary>Whether the ledger does not know of a debt.</summary>
    public bool HasUnreportedDebt => _debt > 0;

    /// <summary>Whether an amount is available. An amount of zero needs no block: a model may be free.</summary>
    public bool Fits(long amount, long now) => amount == 0 || (!IsInDebt && (_old.Fits(amount, now) || _current.Fits(amount, now)));

    /// <summary>The spendable rest over all blocks; negative in debt.</summary>
    public long LeftAt(long now) => (now < _old.Dies ? _old.Left : 0) + (now < _current.Dies ? _current.Left : 0) - _debt - _debtReported;

    /// <summary>Reserves an amount that <see cref="Fits"/>; returns the number of the block.</summary>
    public long Reserve(long amount, long now)
    {
        // The old one first: it expires first.
        ref var block = ref _old.Fits(amount, now) ? ref _old : ref _current;
        block.Left -= amount;
        return block.Number;
    }

    /// <summary>Whether to ask for the next block: demand continues, and two thirds of this block are spent or past.</summary>
    public bool IsLow(long now) => Demand.Any && (_current.Left * 3 < _current.Granted || now >= _current.RenewAt);

    /// <summary>Adds a granted block.</summary>
    public void Add(LeaseGrant grant, long askedAt, long now)
    {
        // Counted from the ask. The ledger counts from its answer, which is later.
        var dies = askedAt + ToTimestamp(grant.Life);
        if (dies <= now)
        {
            Report(grant.Block, grant.Amount, 0);
            return;
        }

        Surrender(ref _old);
        _old = _current;
        _current = new() { Number = grant.Block, Left = grant.Amount, Granted = grant.Amount, Dies = dies, RenewAt = dies - ToTimestamp(grant.Life / 3) };
    }

    /// <summary>
    /// Settles a reservation: the unused part can be spent again until its block expires; after that it returns to the ledger. Use beyond the reservation is
    /// taken from the blocks, and the part that they do not cover is a debt.
    /// </summary>
    public void Settle(long number, long reserved, long used, long now)
    {
        if (kind.IsBudget())
        {
            Report(number, 0, used);
        }

        if (used > reserved)
        {
            Overspend(number, used - reserved, now);
            return;
        }

        ref var block = ref _current.Number == number && now < _current.Dies ? ref _current : ref _old;
        if (block.Number != number || now >= block.Dies)
        {
            Report(number, reserved - used, 0);
        }
        else
        {
            block.Left += reserved - used;
        }
    }

    /// <summary>Drops blocks that can no longer be spent.</summary>
    public void Sweep(long now)
    {
        if (now >= _old.Dies)
        {
            Surrender(ref _old);
        }

        if (now >= _current.Dies)
        {
            Surrender(ref _current);
        }
    }

    /// <summary>Adds the want and the reports of this limit to an ask.</summary>
    /// <param name="wants">The wants of the ask.</param>
    /// <param name="reports">The reports of the ask.</param>
    /// <param name="now">The time.</param>
    /// <param name="first">The charge at the head of the line, if it may be served.</param>
    /// <param name="line">The sum of the line.</param>
    /// <param name="isLeaving">Gives everything back and wants nothing.</param>
    public void Compose(
        ImmutableArray<LeaseWant>.Builder wants, ImmutableArray<LeaseReport>.Builder reports, long now, Charge? first, in LineSums line, bool isLeaving)
    {
        Sweep(now);
        var isLow = IsLow(now) && !isLeaving;
        var perSecond = Demand.Measure(now);
        var needed = first is not { } charge || Fits(charge.Of(kind), now) ? 0 : charge.Of(kind);
        if (needed > 0 || isLeaving)
        {
            // An amount that is too small here may be enough together with the ledger's.
            Surrender(ref _old);
            Surrender(ref _current);
        }

        // After a debt the ledger's answer updates the state of the limit, for the headers.
        if (needed > 0 || isLow || IsInDebt)
        {
            wants.Add(new(kind, needed, line.Of(kind), perSecond));
        }

        reports.AddRange(_reports.Where(report => report is not { Returned: 0, Spent: 0 }));
        _reports.Clear();
        (_debtReported, _debt) = (_debtReported + _debt, 0);
    }

    /// <summary>The ledger has received the reports. From now on it counts the debt.</summary>
    public void OnAnswered() => _debtReported = 0;

    private void Overspend(long number, long amount, long now)
    {
        Pay(ref _old, number, ref amount, now);
        Pay(ref _current, number, ref amount, now);
        if (amount > 0)
        {
            Report(number, -amount, 0);
            _debt += amount;
        }
    }

    // Only a block of the same period can pay for a budget: the ledger counts spending in the period of its grant.
    private void Pay(ref Block block, long number, ref long amount, long now)
    {
        if (now < block.Dies && (!kind.IsBudget() || block.Number == number))
        {
            var paid = Math.Min(block.Left, amount);
            (block.Left, amount) = (block.Left - paid, amount - paid);
        }
    }

    private void Surrender(ref Block block)
    {
        if (block.Left != 0)
        {
            Report(block.Number, block.Left, 0);
        }

        block = default;
    }

    private void Report(long block, long returned, long spent)
    {
        for (var i = _reports.Count - 1; i >= 0; i--)
        {
            // A return to an expired block has no effect, but its overspending counts.
            if (_reports[i].Block == block && _reports[i].Returned < 0 == returned < 0)
            {
                _reports[i] = _reports[i] with { Returned = _reports[i].Returned + returned, Spent = _reports[i].Spent + spent };
                return;
            }
        }

        _reports.Add(new(kind, block, returned, spent));
    }

    private long ToTimestamp(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    // Default: empty and expired.
    private struct Block
    {
        public long Number;
        public long Left;
        public long Granted;
        public long Dies;
        public long RenewAt;

        public readonly bool Fits(long amount, long now) => Left >= amount && now < Dies;
    }
}
