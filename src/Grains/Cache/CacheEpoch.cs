namespace Prism.Grains.Cache;

/// <summary>The cache's epoch as this silo has it in memory. It only ever goes up.</summary>
internal sealed class CacheEpoch
{
    private const long Unknown = -1;

    private long _value = Unknown;

    /// <summary>The epoch; null before it has been read.</summary>
    public long? Value => Volatile.Read(ref _value) is var value and not Unknown ? value : null;

    /// <summary>Has nothing of an older epoch be served any more.</summary>
    public void Take(long epoch)
    {
        long known;
        do
        {
            known = Volatile.Read(ref _value);
        }
        while (epoch > known && Interlocked.CompareExchange(ref _value, epoch, known) != known);
    }
}
