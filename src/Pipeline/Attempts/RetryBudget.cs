namespace Prism.Pipeline.Attempts;

/// <summary>
/// Limits the retries in progress to a fifth of the active requests, but at least three. If everything fails, retries then add a fifth to the load
/// instead of tripling it.
/// </summary>
internal sealed class RetryBudget
{
    private const int Least = 3;
    private const int ActivePerRetry = 5;

    private int _active;
    private int _retrying;

    public void OnRequestBegun() => Interlocked.Increment(ref _active);

    public void OnRequestEnded() => Interlocked.Decrement(ref _active);

    /// <summary>Reserves a retry; to be returned when the retry has its answer, or has failed.</summary>
    public bool TryReserve()
    {
        var most = Math.Max(Least, Volatile.Read(ref _active) / ActivePerRetry);
        if (Interlocked.Increment(ref _retrying) <= most)
        {
            return true;
        }

        Return();
        return false;
    }

    public void Return() => Interlocked.Decrement(ref _retrying);
}
