namespace Prism.Grains.Quotas;

/// <summary>
/// The time of one activation of a ledger: where the ledger's time stood when the activation took it over, plus what has passed since on
/// the machine's monotonic clock. So it never runs backwards, and a clock that is set while it runs does not move it.
/// </summary>
internal sealed class LedgerClock(TimeProvider time, long origin)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>Ledger time in ms, about UTC since 1970.</summary>
    public long Now => origin + (long)time.GetElapsedTime(_started).TotalMilliseconds;
}
