namespace Prism.Grains.Cache;

/// <summary>This silo's copy of the cache's epoch. It never decreases.</summary>
internal sealed class CacheEpoch
{
    private const long Unknown = -1;

    private long _value = Unknown;

    /// <summary>The epoch; null before it has been read.</summary>
    public long? Value => Volatile.Read(ref _value) is var value and not Unknown ? value : null;

    /// <summary>From now on, nothing of an older epoch is served.</summary>
    public void Advance(long epoch)
    {
        long known;
        do
        {
            known = Volatile.Read(ref _value);
        }
        while (epoch > known && Interlocked.CompareExchange(ref _value, epoch, known) != known);
    }
}
