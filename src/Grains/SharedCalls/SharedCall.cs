using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Grains.SharedCalls;

/// <summary>
/// One answer in progress, for any number of readers: an upstream call that this silo leads, or this silo's view of one that another leads. It belongs
/// to none of its readers.
/// </summary>
/// <param name="id">Its id in the cluster.</param>
/// <param name="log">Its frames.</param>
/// <param name="outlivesReaders">Whether it runs on after its last reader has left; otherwise it is cancelled then.</param>
internal sealed class SharedCall(string id, IAnswerLog log, bool outlivesReaders = false) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Func<ReadOnlyMemory<AnswerFrame>, Task>> _subscribers = [];
    private int _readers;
    private bool _isDone;
    private State _state;
    private volatile string? _name;

    /// <summary>Its id in the cluster.</summary>
    public string Id => id;

    /// <summary>The name that it is found by; null where it has none.</summary>
    public string? Name { get => _name; set => _name = value; }

    /// <summary>Of a view: whether the answer was whole when this silo began to read it.</summary>
    public bool WasFoundWhole { get; set; }

    /// <summary>Fires when its last reader leaves before it is complete, unless it outlives its readers.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Ends when the shared call is over and all subscribers have finished.</summary>
    public Task Settled => _settled.Task;

    /// <summary>Subscribes to its completion. To be done before it begins.</summary>
    /// <param name="subscriber">
    /// Gets every frame, where the last one has come and all are kept; else nothing. The shared call can be found until the subscriber has finished.
    /// </param>
    public void OnCompleted(Func<ReadOnlyMemory<AnswerFrame>, Task> subscriber) => _subscribers.Add(subscriber);

    /// <summary>Adds a reader, unless the shared call is lost.</summary>
    /// <param name="from">The sequence number of the first frame to read.</param>
    /// <returns>To be disposed; null where the answer will not come from here, or not from that frame on.</returns>
    public SharedCallReader? TryRead(long from = 0)
    {
        lock (_lock)
        {
            var isWhole = log.IsComplete;
            if (_state == State.Lost || log.TryRead(from) is not { } reader)
            {
                return null;
            }

            _readers++;
            return new(this, reader, isWhole);
        }
    }

    /// <summary>
    /// Reads the source to its end, or until the shared call is abandoned, and waits for the subscribers. Where the source stops or throws before its
    /// last frame, the shared call is lost.
    /// </summary>
    /// <param name="source">The frames.</param>
    /// <param name="toFrame">The last frame for an exception of the source; null: the exception is thrown here, and the shared call is lost.</param>
    public async Task RunAsync(IAsyncEnumerable<AnswerFrame> source, Func<Exception, AnswerFrame>? toFrame = null)
    {
        try
        {
            await foreach (var frame in source.WithCancellation(Abandoned))
            {
                await log.AppendAsync(frame, Abandoned);
                if (frame.IsLast)
                {
                    break;
                }
            }
        }
        catch (Exception exception) when (toFrame is not null && !Abandoned.IsCancellationRequested)
        {
            await log.AppendAsync(toFrame(exception), Abandoned);
        }
        finally
        {
            End();
            foreach (var subscriber in _subscribers)
            {
                await subscriber(log.ReadWhole());
            }
        }
    }

    /// <summary>There is no such shared call after all: its readers find it lost.</summary>
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
        log.Dispose();
    }

    internal void OnReaderLeft()
    {
        lock (_lock)
        {
            _readers--;
            ReleaseIfUnused();
            // A reader may have had the last frame before the source knows that it was the last.
            if (outlivesReaders || _readers > 0 || _state != State.UnderWay || log.IsComplete)
            {
                return;
            }

            _state = State.Lost;
        }

        // Not in line: what stops upstream must not hold up the reader that leaves.
        _ = _abandoned.CancelAsync();
    }

    // It has no readers, and will get none.
    private void ReleaseIfUnused()
    {
        if (_isDone && _readers == 0)
        {
            log.Dispose();
        }
    }

    private void End()
    {
        lock (_lock)
        {
            _state = log.IsComplete ? State.Ended : State.Lost;
        }

        log.Close();
    }

    private enum State
    {
        UnderWay = 0,
        Ended = 1,
        Lost = 2,
    }
}
