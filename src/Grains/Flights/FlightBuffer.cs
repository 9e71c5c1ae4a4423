namespace Prism.Flights;

/// <summary>
/// The events of a flight in memory, in order: one writer, any number of readers, each with a position of its own. Nothing is queued for a
/// reader, so a slow one costs nothing but the buffer that all share.
/// </summary>
internal sealed class FlightBuffer
{
    private readonly Lock _lock = new();
    // What is below the count never changes: a reader may go on with an array that has been replaced by a larger one.
    private FlightEvent[] _events = new FlightEvent[16];
    private int _count;
    private bool _closed;
    private TaskCompletionSource? _grown;

    /// <summary>Adds an event.</summary>
    public void Append(in FlightEvent flightEvent)
    {
        lock (_lock)
        {
            if (_count == _events.Length)
            {
                Array.Resize(ref _events, _count * 2);
            }

            _events[_count++] = flightEvent;
            Wake();
        }
    }

    /// <summary>Nothing more will come.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Wake();
        }
    }

    /// <summary>What there is from a position on; it may be nothing.</summary>
    public ReadOnlyMemory<FlightEvent> ReadFrom(int position)
    {
        lock (_lock)
        {
            return _events.AsMemory(position, _count - position);
        }
    }

    /// <summary>Waits until there is something at a position.</summary>
    /// <returns>False where there never will be.</returns>
    public ValueTask<bool> WaitAsync(int position, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return position < _count ? new(true)
                : _closed ? new(false)
                : new(WaitAsync((_grown ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task, position, cancellationToken));
        }
    }

    /// <summary>Whether the last event is here.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_lock)
            {
                return _count > 0 && _events[_count - 1].IsLast;
            }
        }
    }

    private async Task<bool> WaitAsync(Task grown, int position, CancellationToken cancellationToken)
    {
        await grown.WaitAsync(cancellationToken);
        return await WaitAsync(position, cancellationToken);
    }

    // Readers go on elsewhere: the writer does not wait for what they do with it.
    private void Wake()
    {
        _grown?.SetResult();
        _grown = null;
    }
}
