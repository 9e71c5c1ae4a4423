namespace Prism.Pipeline.Caching;

/// <summary>Pauses the use of the cache after a failure, so that an outage of its storage delays one request and not all of them.</summary>
internal sealed class CacheBackoff(TimeProvider time)
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    private long _begun;

    /// <summary>Whether the cache is paused. After a pause, one caller is let through to try the cache first.</summary>
    public bool IsResting
    {
        get
        {
            var begun = Volatile.Read(ref _begun);
            return begun != 0
                && (time.GetElapsedTime(begun) < Length
                    // The first request counts as a failure until it succeeds: the pause goes on for the others.
                    || Interlocked.CompareExchange(ref _begun, Now, begun) != begun);
        }
    }

    private long Now => Math.Max(1, time.GetTimestamp());

    /// <summary>The cache has failed.</summary>
    public void Begin() => Volatile.Write(ref _begun, Now);

    /// <summary>The cache has answered.</summary>
    public void End()
    {
        if (Volatile.Read(ref _begun) != 0)
        {
            Volatile.Write(ref _begun, 0);
        }
    }
}
