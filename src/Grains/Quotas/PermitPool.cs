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

    /// <summary>Takes the permits of an answer.</summary>
    /// <param name="granted">More of them.</param>
    /// <param name="keep">How many of those before may stay; null: all.</param>
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

    /// <summary>Takes the returned permits for the report; none twice.</summary>
    public long DrainReturned()
    {
        var returned = _returned;
        _returned = 0;
        return returned;
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
