using System.Collections.Immutable;

namespace Prism.Limits;

/// <summary>
/// What a silo has of one rate or budget: the block it spends, and the one before, of which there may be something left. A request takes
/// what it needs out of one block. Not thread-safe.
/// </summary>
internal sealed class LeasePool(LimitKind kind, long limit, TimeProvider time)
{
    private readonly List<LeaseReport> _reports = [];
    private Block _old;
    private Block _current;

    public LimitKind Kind => kind;

    public long Limit => limit;

    public DemandMeter Demand { get; } = new(time);

    /// <summary>Whether there is something to tell the ledger.</summary>
    public bool HasReports => _reports.Count > 0;

    /// <summary>Whether there is something to give back.</summary>
    public bool HasReturns => _reports.Exists(report => report.Returned > 0);

    /// <summary>Whether more was spent than the ledger knows to be granted.</summary>
    public bool HasOverspent => _reports.Exists(report => report.Returned < 0);

    /// <summary>Whether there is so much. Of what a request takes nothing of, no block is needed: a model may be free.</summary>
    public bool Fits(long amount, long now) => amount == 0 || _old.Fits(amount, now) || _current.Fits(amount, now);

    /// <summary>What can still be spent, over all blocks.</summary>
    public long LeftAt(long now) => (now < _old.Dies ? _old.Left : 0) + (now < _current.Dies ? _current.Left : 0);

    /// <summary>Takes what <see cref="Fits"/>; returns the number of the block.</summary>
    public long Take(long amount, long now)
    {
        // The old one first: it dies first.
        ref var block = ref _old.Fits(amount, now) ? ref _old : ref _current;
        block.Left -= amount;
        return block.Number;
    }

    /// <summary>Whether it is time to ask for the next block: demand goes on, and two thirds of this one are spent or past.</summary>
    public bool IsLow(long now) => Demand.Any && (_current.Left * 3 < _current.Granted || now >= _current.RenewAt);

    /// <summary>Takes a block in.</summary>
    public void Add(LeaseGrant grant, long askedAt, long now)
    {
        // Counted from when it was asked for: the ledger counts from when it answered, which is later.
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
    /// Settles a reservation: what it did not use can be spent again while its block lives, else the ledger gets it back. What it used
    /// beyond it is charged all the same.
    /// </summary>
    public void Settle(long number, long reserved, long used, long now)
    {
        if (kind.IsBudget())
        {
            Report(number, 0, used);
        }

        var returned = reserved - used;
        ref var block = ref _current.Number == number && now < _current.Dies ? ref _current : ref _old;
        if (block.Number != number || now >= block.Dies || block.Left + returned < 0)
        {
            Report(number, returned, 0);
        }
        else
        {
            block.Left += returned;
        }
    }

    /// <summary>Gives up what can no longer be spent.</summary>
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

    /// <summary>Gives up all there is.</summary>
    public void SurrenderAll()
    {
        Surrender(ref _old);
        Surrender(ref _current);
    }

    /// <summary>Hands over what the ledger has to be told.</summary>
    public void DrainReports(ImmutableArray<LeaseReport>.Builder reports)
    {
        reports.AddRange(_reports.Where(report => report is not { Returned: 0, Spent: 0 }));
        _reports.Clear();
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
            if (_reports[i].Block == block)
            {
                _reports[i] = _reports[i] with { Returned = _reports[i].Returned + returned, Spent = _reports[i].Spent + spent };
                return;
            }
        }

        _reports.Add(new(kind, block, returned, spent));
    }

    private long ToTimestamp(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    // Default: nothing, long dead.
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
