using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Grains.SharedCalls;

/// <summary>
/// One answer on its way, for any number of readers: a call upstream that this silo leads, or this silo's view of one that another leads.
/// It belongs to none of its readers: it ends when its source does, or once all of them have left.
/// </summary>
internal sealed class SharedCall(string id, SharedCallLog buffer) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _readers;
    private bool _isDone;
    private State _state;
    private volatile string? _prompt;
    private volatile string? _ledHere;

    /// <summary>Its id in the cluster.</summary>
    public string Id => id;

    /// <summary>The key of its prompt's <see cref="Grains.Interfaces.Cache.ICacheGrain"/>, once it is led; null in a view of another silo's.</summary>
    public string? Prompt => _prompt;

    /// <summary>What is asked, where the call is made for requests of this silo alone; null otherwise.</summary>
    public string? LedHere { get => _ledHere; set => _ledHere = value; }

    /// <summary>Of a view: whether the answer was whole when this silo began to read it.</summary>
    public bool WasFoundWhole { get; set; }

    /// <summary>Fires once nobody reads any more what is not complete yet.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Ends when all is done that the shared call brings with it.</summary>
    public Task Settled => _settled.Task;

    /// <summary>Subscribes, unless the shared call is lost.</summary>
    /// <returns>To be disposed; null where the answer will not come from here, or not from its start.</returns>
    public SharedCallReader? TrySubscribe()
    {
        lock (_lock)
        {
            var reader = new SharedCallReader(this, buffer);
            if (_state == State.Lost || !buffer.TryAdd(reader))
            {
                return null;
            }

            _readers++;
            return reader;
        }
    }

    /// <summary>
    /// Reads the source to its end, or until the shared call is abandoned. Where the source stops or throws before its last event, the shared call is
    /// lost.
    /// </summary>
    /// <param name="source">The events.</param>
    /// <param name="toEvent">What an exception is to the readers; null: it is thrown here, and to them the shared call is lost.</param>
    /// <returns>Every event, where the last one has come and none was too much to be kept; else nothing.</returns>
    public async Task<ReadOnlyMemory<AnswerFrame>> RunAsync(
        IAsyncEnumerable<AnswerFrame> source, Func<Exception, AnswerFrame>? toEvent = null)
    {
        try
        {
            await foreach (var frame in source.WithCancellation(Abandoned))
            {
                await buffer.AppendAsync(frame, Abandoned);
                if (frame.IsLast)
                {
                    break;
                }
            }
        }
        catch (Exception exception) when (toEvent is not null && !Abandoned.IsCancellationRequested)
        {
            await buffer.AppendAsync(toEvent(exception), Abandoned);
        }
        finally
        {
            End();
        }

        return buffer.ReadWhole();
    }

    /// <summary>It is led from now on.</summary>
    /// <param name="prompt">See <see cref="Prompt"/>.</param>
    public void Lead(string prompt) => _prompt = prompt;

    /// <summary>There is no such shared call after all: its subscribers find it lost.</summary>
    public void Withdraw() => End();

    /// <summary>All is done.</summary>
    public void Settle()
    {
        _settled.TrySetResult();
        lock (_lock)
        {
            _isDone = true;
            ReleaseIfUnused();
        }
    }

    public void Dispose()
    {
        _abandoned.Dispose();
        buffer.Dispose();
    }

    internal void Leave(SharedCallReader reader)
    {
        buffer.Remove(reader);
        lock (_lock)
        {
            // A reader may have had the last event before the source knows that it was the last.
            _readers--;
            ReleaseIfUnused();
            if (_readers > 0 || _state != State.UnderWay || buffer.IsComplete)
            {
                return;
            }

            _state = State.Lost;
        }

        // Not in line: what stops upstream must not hold up who leaves.
        _ = _abandoned.CancelAsync();
    }

    // Nobody reads it any more, and nobody will.
    private void ReleaseIfUnused()
    {
        if (_isDone && _readers == 0)
        {
            buffer.Dispose();
        }
    }

    private void End()
    {
        lock (_lock)
        {
            _state = buffer.IsComplete ? State.Ended : State.Lost;
        }

        buffer.Close();
    }

    private enum State
    {
        UnderWay = 0,
        Ended = 1,
        Lost = 2,
    }
}
