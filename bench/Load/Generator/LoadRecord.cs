namespace Prism.Bench.Generator;

/// <summary>Records what happens in the measured interval of a load.</summary>
/// <param name="isOpen">
/// True: the requests scheduled to begin in the interval count. False: the requests that end in it count, and those in progress at its end do not.
/// </param>
/// <param name="from">The begin of the interval, in nanoseconds.</param>
/// <param name="until">The end of the interval.</param>
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

    /// <summary>Events of one stream were received together.</summary>
    /// <param name="count">The number of events.</param>
    /// <param name="now">When they were received.</param>
    /// <param name="last">When the event before them was received; 0: these are the first.</param>
    /// <param name="intended">When the request was scheduled to begin.</param>
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

    /// <summary>The result so far.</summary>
    /// <param name="unfinished">The number of requests that count and have not ended. They are failures.</param>
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
