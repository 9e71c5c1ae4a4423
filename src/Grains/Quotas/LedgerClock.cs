namespace Prism.Grains.Quotas;

/// <summary>
/// The time of one activation of a ledger: the ledger's time when the activation began, plus the time since on the machine's monotonic clock. So it
/// never runs backwards, and setting the clock does not move it.
/// </summary>
internal sealed class LedgerClock(TimeProvider time, long origin)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>Ledger time in ms, about UTC since 1970.</summary>
    public long Now => origin + (long)time.GetElapsedTime(_started).TotalMilliseconds;
}
