namespace Prism.Flights;

/// <summary>
/// One answer on its way, for any number of readers: a call upstream that this silo leads, or this silo's view of one that another leads.
/// It belongs to none of its readers: it ends when its source does, or once all of them have left.
/// </summary>
internal sealed class Flight(string id) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly FlightBuffer _buffer = new();
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _readers;
    private State _state;
    private volatile string? _prompt;
    private volatile string? _ledHere;

    /// <summary>Its id in the cluster.</summary>
    public string Id => id;

    /// <summary>The key of its prompt's <see cref="Cache.ICacheGrain"/>, once it is led; null in a view of another silo's.</summary>
    public string? Prompt => _prompt;

    /// <summary>What is asked, where the call is made for requests of this silo alone; null otherwise.</summary>
    public string? LedHere { get => _ledHere; set => _ledHere = value; }

    /// <summary>Fires once nobody reads any more what is not complete yet.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Ends when all is done that the flight brings with it.</summary>
    public Task Settled => _settled.Task;

    /// <summary>Takes a seat, unless the flight is lost.</summary>
    /// <returns>To be disposed; null where the answer will not come from here.</returns>
    public FlightReader? TryBoard()
    {
        lock (_lock)
        {
            if (_state == State.Lost)
            {
                return null;
            }

            _readers++;
            return new(this, _buffer);
        }
    }

    /// <summary>
    /// Reads the source to its end, or until the flight is abandoned. Where the source stops or throws before its last event, the flight is
    /// lost.
    /// </summary>
    /// <param name="source">The events.</param>
    /// <param name="toEvent">What an exception is to the readers; null: it is thrown here, and to them the flight is lost.</param>
    /// <returns>Every event, where the last one has come; else nothing.</returns>
    public async Task<ReadOnlyMemory<FlightEvent>> RunAsync(
        IAsyncEnumerable<FlightEvent> source, Func<Exception, FlightEvent>? toEvent = null)
    {
        try
        {
            await foreach (var flightEvent in source.WithCancellation(Abandoned))
            {
                _buffer.Append(flightEvent);
                if (flightEvent.IsLast)
                {
                    break;
                }
            }
        }
        catch (Exception exception) when (toEvent is not null && !Abandoned.IsCancellationRequested)
        {
            _buffer.Append(toEvent(exception));
        }
        finally
        {
            End();
        }

        return _buffer.IsComplete ? _buffer.ReadFrom(0) : default;
    }

    /// <summary>It is led from now on.</summary>
    /// <param name="prompt">See <see cref="Prompt"/>.</param>
    public void Lead(string prompt) => _prompt = prompt;

    /// <summary>There is no such flight after all: whoever has boarded finds it lost.</summary>
    public void Withdraw() => End();

    /// <summary>All is done.</summary>
    public void Settle() => _settled.TrySetResult();

    public void Dispose() => _abandoned.Dispose();

    internal void Leave()
    {
        lock (_lock)
        {
            // A reader may have had the last event before the source knows that it was the last.
            if (--_readers > 0 || _state != State.UnderWay || _buffer.IsComplete)
            {
                return;
            }

            _state = State.Lost;
        }

        // Not in line: what stops upstream must not hold up who leaves.
        _ = _abandoned.CancelAsync();
    }

    private void End()
    {
        lock (_lock)
        {
            _state = _buffer.IsComplete ? State.Ended : State.Lost;
        }

        _buffer.Close();
    }

    private enum State
    {
        UnderWay = 0,
        Ended = 1,
        Lost = 2,
    }
}

/// <summary>A reader's place in a flight, from the start on. Not thread-safe.</summary>
internal sealed class FlightReader(Flight flight, FlightBuffer buffer) : IDisposable
{
    private int _position;
    private bool _left;

    /// <summary>Whether anything has been read.</summary>
    public bool HasBegun => _position > 0;

    /// <summary>Whether the last event has been read.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Takes what has come since the last time; nothing where nothing has.</summary>
    public ReadOnlyMemory<FlightEvent> Read()
    {
        var events = buffer.ReadFrom(_position);
        _position += events.Length;
        HasEnded |= !events.IsEmpty && events.Span[^1].IsLast;
        return events;
    }

    /// <summary>Waits for more.</summary>
    /// <returns>False where no more will come: the flight has ended or, unless <see cref="HasEnded"/>, is lost.</returns>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => buffer.WaitAsync(_position, cancellationToken);

    public void Dispose()
    {
        if (!_left)
        {
            _left = true;
            flight.Leave();
        }
    }
}
