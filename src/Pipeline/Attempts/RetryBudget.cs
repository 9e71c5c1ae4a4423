namespace Prism.Pipeline.Attempts;

/// <summary>
/// How many retries may be under way at once: a fifth of the active requests, but three at least. When everything fails, retries are then a
/// fifth more load and not three times as much.
/// </summary>
internal sealed class RetryBudget
{
    private const int Least = 3;
    private const int ActivePerRetry = 5;

    private int _active;
    private int _retrying;

    public void OnRequestBegun() => Interlocked.Increment(ref _active);

    public void OnRequestEnded() => Interlocked.Decrement(ref _active);

    /// <summary>Takes a place; to be returned when the retry has its answer, or has failed.</summary>
    public bool TryTake()
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
