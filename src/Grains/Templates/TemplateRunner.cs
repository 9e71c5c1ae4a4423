namespace Prism.Grains.Templates;

/// <summary>
/// Renders on a few threads of its own. Owners take turns, and none has more than its share of the threads: one owner's renderings delay only its
/// own. Thread-safe.
/// </summary>
internal sealed class TemplateRunner(TemplateOptions options) : ITemplateRunner, IDisposable
{
    private readonly object _gate = new();
    private readonly Dictionary<string, OwnerLane> _lanes = new(StringComparer.Ordinal);

    // The lanes that have work that may begin, each once, in the order of their turns.
    private readonly Queue<OwnerLane> _turns = [];
    private int _threads;
    private int _idle;
    private bool _stopped;

    public Task<T> RunAsync<T>(string owner, Func<CancellationToken, T> work, CancellationToken cancellationToken) =>
        Add(owner, work, int.MaxValue, cancellationToken)!;

    public Task<T>? TryRunAsync<T>(string owner, Func<CancellationToken, T> work, CancellationToken cancellationToken) =>
        Add(owner, work, options.RendersWaiting, cancellationToken);

    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            foreach (var work in _lanes.Values.SelectMany(lane => lane.Waiting))
            {
                work.Cancel();
            }

            _lanes.Clear();
            _turns.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    private Task<T>? Add<T>(string owner, Func<CancellationToken, T> work, int mostWaiting, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopped, this);
            if (!_lanes.TryGetValue(owner, out var lane))
            {
                _lanes[owner] = lane = new(owner);
            }

            if (lane.CountWaiting() >= mostWaiting)
            {
                return null;
            }

            var added = new RenderWork<T>(work, cancellationToken);
            lane.Waiting.Enqueue(added);
            GiveTurn(lane);
            return added.Task;
        }
    }

    // Under the lock.
    private void GiveTurn(OwnerLane lane)
    {
        if (lane.HasTurn || lane.Waiting.Count == 0 || lane.Running >= options.RendersAtOncePerOwner)
        {
            return;
        }

        lane.HasTurn = true;
        _turns.Enqueue(lane);
        Wake();
    }

    // Under the lock.
    private void Wake()
    {
        if (_idle > 0)
        {
            Monitor.Pulse(_gate);
        }
        else if (_threads < options.RendersAtOnce)
        {
            _threads++;
            // Without the context of the request that happens to be the first.
            new Thread(Work) { IsBackground = true, Name = "templates" }.UnsafeStart();
        }
    }

    private void Work()
    {
        while (Dequeue() is var (lane, work))
        {
            work.Run();
            lock (_gate)
            {
                lane.Running--;
                Settle(lane);
            }
        }
    }

    private (OwnerLane Lane, RenderWork Work)? Dequeue()
    {
        lock (_gate)
        {
            while (!_stopped)
            {
                if (_turns.TryDequeue(out var lane))
                {
                    lane.HasTurn = false;
                    var work = lane.Waiting.Dequeue();
                    lane.Running++;
                    // Behind all the others.
                    GiveTurn(lane);
                    if (_turns.Count > 0)
                    {
                        // A thread that was woken twice before it came here was woken once too few.
                        Wake();
                    }

                    return (lane, work);
                }

                _idle++;
                Monitor.Wait(_gate);
                _idle--;
            }

            return null;
        }
    }

    private void Settle(OwnerLane lane)
    {
        GiveTurn(lane);
        if (lane is { Running: 0, Waiting.Count: 0 })
        {
            _lanes.Remove(lane.Owner);
        }
    }

    /// <summary>The work of one owner.</summary>
    private sealed class OwnerLane(string owner)
    {
        public string Owner => owner;

        public Queue<RenderWork> Waiting { get; } = [];

        public int Running { get; set; }

        public bool HasTurn { get; set; }

        /// <summary>How much waits; callers that left do not.</summary>
        public int CountWaiting()
        {
            while (Waiting.Count > 1 && Waiting.Peek().IsOver)
            {
                Waiting.Dequeue();
            }

            return Waiting.Count;
        }
    }
}
