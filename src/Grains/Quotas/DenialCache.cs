using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>
/// The ledger's last denials: while one cannot have changed, no request asks again. Not thread-safe; times are timestamps.
/// </summary>
internal sealed class DenialCache(LimitSet limits, TimeProvider time)
{
    // Other silos may return capacity at any time, so a denial is not trusted for longer than this.
    private static readonly TimeSpan LongestBelief = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestBelief = TimeSpan.FromMilliseconds(10);

    private LimitKind _kind;
    private long _needed;
    private long _endsAt;
    private bool _endsNever;
    private bool _hasDenied;
    private long _throttledUntil;

    /// <summary>The time before which the ledger would repeat its denial.</summary>
    public long AskAgainAt { get; private set; }

    /// <summary>Whether the provider has ever throttled this service. May be read at any time.</summary>
    public bool WasThrottled => Volatile.Read(ref _throttledUntil) != 0;

    /// <summary>The end of the provider's throttle.</summary>
    public long ThrottledUntil => _throttledUntil;

    public void Remember(LimitKind kind, long needed, TimeSpan? retryAfter, long now)
    {
        (_kind, _needed, _endsNever, _hasDenied) = (kind, needed, retryAfter is null, true);
        _endsAt = now + ToTimestamp(retryAfter ?? LongestBelief);
        var belief = retryAfter is { } wait && wait < LongestBelief ? wait : LongestBelief;
        AskAgainAt = now + ToTimestamp(belief > ShortestBelief ? belief : ShortestBelief);
    }

    /// <summary>Capacity of this kind has come back.</summary>
    public void Forget(LimitKind kind)
    {
        if (kind == _kind)
        {
            AskAgainAt = 0;
        }
    }

    public void Forget() => AskAgainAt = 0;

    public void Throttle(TimeSpan duration, long now) => _throttledUntil = Math.Max(_throttledUntil, now + ToTimestamp(duration));

    /// <summary>The provider may be called again, before the time that it has named.</summary>
    public void Lift() => (_throttledUntil, AskAgainAt) = (0, 0);

    /// <summary>The known denial of a charge, if there is one.</summary>
    public LimitDenial? Find(in Charge charge, long now)
    {
        if (now < _throttledUntil)
        {
            return new(LimitKind.Upstream, time.GetElapsedTime(now, _throttledUntil), null);
        }

        return now < AskAgainAt && (_kind == LimitKind.Ledger || charge.Of(_kind) >= _needed)
            ? new(_kind, _endsNever ? null : time.GetElapsedTime(now, Math.Max(now, _endsAt)), limits.Of(_kind))
            : null;
    }

    /// <summary>The last denial, trusted or not, for requests that give up waiting. Null if there never was one.</summary>
    public LimitDenial? FindLast(long now) =>
        now < _throttledUntil ? new(LimitKind.Upstream, time.GetElapsedTime(now, _throttledUntil), null)
        : _hasDenied ? new(_kind, _endsAt > now ? time.GetElapsedTime(now, _endsAt) : LongestBelief, limits.Of(_kind))
        : null;

    private long ToTimestamp(TimeSpan span) => (long)Math.Ceiling(span.TotalSeconds * time.TimestampFrequency);
}
