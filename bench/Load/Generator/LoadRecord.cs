namespace Prism.Bench.Generator;

/// <summary>What happens in the part of a load that counts.</summary>
/// <param name="isOpen">Whether requests count that are to begin in that part; else those that end in it, and what is under way at its end does not.</param>
/// <param name="from">Its begin, in nanoseconds.</param>
/// <param name="until">Its end.</param>
internal sealed class LoadRecord(bool isOpen, long from, long until)
{
    private readonly Histogram _latency = new();
    private readonly Histogram _firstEvent = new();
    private readonly Histogram _gap = new();
    private long _completed;
    private long _failed;
    private long _events;
    private string? _failure;

    /// <summary>A request has ended.</summary>
    public void OnCompleted(long intended, long now, string? failure)
    {
        if (!Counts(isOpen ? intended : now))
        {
            return;
        }

        if (failure is null)
        {
            Interlocked.Increment(ref _completed);
            _latency.Record(now - intended);
        }
        else
        {
            Interlocked.Increment(ref _failed);
            Interlocked.CompareExchange(ref _failure, failure, null);
        }
    }

    /// <summary>Events of one stream came at once.</summary>
    /// <param name="count">How many.</param>
    /// <param name="now">When.</param>
    /// <param name="last">When the last one before came; 0: these are the first.</param>
    /// <param name="intended">When the request was to begin.</param>
    public void OnEvents(int count, long now, long last, long intended)
    {
        if (!Counts(isOpen ? intended : now))
        {
            return;
        }

        Interlocked.Add(ref _events, count);
        if (last == 0)
        {
            _firstEvent.Record(now - intended);
        }
        else
        {
            _gap.Record(now - last);
        }

        if (count > 1)
        {
            _gap.Record(0, count - 1);
        }
    }

    /// <summary>What has come of it.</summary>
    /// <param name="unfinished">How many requests that count have not ended, which is a failure.</param>
    public LoadResult ToResult(long unfinished) => new()
    {
        Seconds = (until - from) / 1e9,
        Completed = _completed,
        Failed = _failed + unfinished,
        Failure = _failure ?? (unfinished > 0 ? "not answered in time" : null),
        Events = _events,
        Latency = _latency.ToQuantiles(),
        FirstEvent = _firstEvent.ToQuantiles(),
        Gap = _gap.ToQuantiles(),
    };

    private bool Counts(long at) => at >= from && at < until;
}
