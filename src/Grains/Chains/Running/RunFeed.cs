using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Prism.Grains.Interfaces.Chains;

namespace Prism.Grains.Chains.Running;

/// <summary>
/// A run's events, for its watchers. Stored events are sent once they are written, so that all silos send the same. Not thread-safe: used in the
/// turns of its grain.
/// </summary>
internal sealed class RunFeed(string runId)
{
    private readonly List<Watcher> _watchers = [];
    private bool _ended;

    /// <summary>Follows the run until its last event.</summary>
    /// <exception cref="EnumerationAbortedException">The activation ends before the run does.</exception>
    public async IAsyncEnumerable<ImmutableArray<ChainEvent>> WatchAsync(
        RunState run, long afterEventId, bool deltas, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var watcher = new Watcher(runId, deltas, (int)Math.Clamp(afterEventId, 0, int.MaxValue));
        watcher.OnWritten(run);
        _watchers.Add(watcher);
        try
        {
            while (true)
            {
                var batch = watcher.Drain();
                if (!batch.IsEmpty)
                {
                    yield return batch;
                }

                if (watcher.IsComplete)
                {
                    yield break;
                }

                if (_ended)
                {
                    throw new EnumerationAbortedException("The run goes on in another activation.");
                }

                await watcher.SomethingNew.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            _watchers.Remove(watcher);
        }
    }

    /// <summary>A state is written.</summary>
    public void OnWritten(RunState run) => _watchers.ForEach(watcher => watcher.OnWritten(run));

    /// <summary>A piece of an answer has come.</summary>
    public void OnPiece(StepWork work, string text) => _watchers.ForEach(watcher => watcher.OnPiece(work, text));

    /// <summary>The activation ends. Watchers have to reconnect.</summary>
    public void End()
    {
        _ended = true;
        _watchers.ForEach(watcher => watcher.Wake());
    }

    private sealed class Watcher(string runId, bool deltas, int cursor)
    {
        // Unread pieces are joined: a slow reader gets fewer and longer ones, and memory is bounded by the answers.
        private readonly Dictionary<StepWork, StringBuilder> _pieces = [];
        private readonly List<ChainEvent> _ready = [];
        private TaskCompletionSource _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _cursor = cursor;
        private RunState? _run;

        /// <summary>Whether the run's last event was taken, or was known before.</summary>
        public bool IsComplete => _ready.Count == 0 && _run is { IsFinished: true };

        public Task SomethingNew => _signal.Task;

        public void OnWritten(RunState run)
        {
            // Before the events that end their steps.
            FlushPieces();
            _run = run;
            for (; _cursor < run.Events.Length; _cursor++)
            {
                _ready.Add(RunViews.ToEvent(run, _cursor, runId));
            }

            Wake();
        }

        public void OnPiece(StepWork work, string text)
        {
            if (!deltas)
            {
                return;
            }

            if (!_pieces.TryGetValue(work, out var pieces))
            {
                _pieces[work] = pieces = new();
            }

            pieces.Append(text);
            Wake();
        }

        public ImmutableArray<ChainEvent> Drain()
        {
            FlushPieces();
            ImmutableArray<ChainEvent> batch = [.. _ready];
            _ready.Clear();
            _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return batch;
        }

        public void Wake() => _signal.TrySetResult();

        private void FlushPieces()
        {
            foreach (var (work, pieces) in _pieces)
            {
                _ready.Add(RunViews.ToDelta(_run!, work, pieces.ToString(), runId));
            }

            _pieces.Clear();
        }
    }
}
