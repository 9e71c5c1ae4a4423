namespace Prism.Grains.Breakers;

/// <summary>
/// The recent calls of one silo to one provider: all of them in a sliding window of ten parts, and the consecutive failures. Not
/// thread-safe; times are timestamps.
/// </summary>
internal sealed class FailureWindow(BreakerOptions options, TimeProvider time)
{
    private const int Parts = 10;

    private readonly long _partLength = Math.Max(1, (long)(options.Window.TotalSeconds * time.TimestampFrequency / Parts));
    private readonly int[] _calls = new int[Parts];
    private readonly int[] _failures = new int[Parts];
    private long _newest;
    private int _inARow;

    /// <summary>Whether so many calls have failed that no more should be made.</summary>
    public bool IsTooMuch => _inARow >= options.ConsecutiveFailures || IsShareTooLarge();

    public void Add(bool failed, long now)
    {
        Slide(now);
        var part = (int)(_newest % Parts);
        _calls[part]++;
        _failures[part] += failed ? 1 : 0;
        _inARow = failed ? _inARow + 1 : 0;
    }

    public void Clear()
    {
        Array.Clear(_calls);
        Array.Clear(_failures);
        _inARow = 0;
    }

    private void Slide(long now)
    {
        var newest = now / _partLength;
        for (var part = Math.Max(_newest + 1, newest - Parts + 1); part <= newest; part++)
        {
            (_calls[part % Parts], _failures[part % Parts]) = (0, 0);
        }

        _newest = Math.Max(_newest, newest);
    }

    private bool IsShareTooLarge()
    {
        var calls = _calls.Sum();
        return calls >= options.MinimumCalls && _failures.Sum() * 100L >= (long)calls * options.FailureRate;
    }
}
