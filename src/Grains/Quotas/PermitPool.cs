using System.Collections.Immutable;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>The permits that a silo has for requests at the same time. Not thread-safe.</summary>
internal sealed class PermitPool(long limit)
{
    private long _inUse;
    private long _peak;
    private long _keep = long.MaxValue;
    private long _returned;

    public long Limit => limit;

    public long Held { get; private set; }

    public long Free => Held - _inUse;

    public bool AnyFree => Free > 0;

    /// <summary>Whether there is something to give back.</summary>
    public bool HasReports => _returned > 0;

    public void Reserve() => _peak = Math.Max(_peak, ++_inUse);

    public void Release()
    {
        _inUse--;
        GiveBack(Held - _keep);
    }

    /// <summary>Applies the permits of an answer.</summary>
    /// <param name="granted">The granted permits.</param>
    /// <param name="keep">The number of earlier permits that may stay; null: all.</param>
    public void OnAnswer(long granted, long? keep)
    {
        Held += granted;
        _keep = keep is { } kept ? kept + granted : long.MaxValue;
        GiveBack(Held - _keep);
    }

    /// <summary>Returns the permits that were not needed lately, except a few: demand comes in waves.</summary>
    public void Trim()
    {
        GiveBack(Held - _peak - (_peak / 4));
        _peak = _inUse;
    }

    /// <summary>Gives back all that is free.</summary>
    public void SurrenderAll() => GiveBack(Held);

    /// <summary>Adds the want and the report of permits to an ask.</summary>
    /// <param name="wants">The wants of the ask.</param>
    /// <param name="reports">The reports of the ask.</param>
    /// <param name="first">The charge at the head of the line, if it may be served.</param>
    /// <param name="waiting">The length of the line.</param>
    /// <param name="isLeaving">Gives everything back and wants nothing.</param>
    public void Compose(
        ImmutableArray<LeaseWant>.Builder wants, ImmutableArray<LeaseReport>.Builder reports, Charge? first, long waiting, bool isLeaving)
    {
        if (isLeaving)
        {
            SurrenderAll();
        }

        // Also if none is needed: the answer limits how many may be kept.
        wants.Add(first is null or { WithoutPermit: true } || AnyFree
            ? new(LimitKind.Concurrency, 0, 0, 0)
            : new(LimitKind.Concurrency, 1, waiting, 0));
        if (_returned > 0)
        {
            reports.Add(new(LimitKind.Concurrency, 0, _returned, 0));
            _returned = 0;
        }
    }

    private void GiveBack(long surplus)
    {
        var count = Math.Min(surplus, Held - _inUse);
        if (count > 0)
        {
            Held -= count;
            _returned += count;
        }
    }
}
