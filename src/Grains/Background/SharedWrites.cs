namespace Prism.Grains.Background;

/// <summary>
/// A state that many callers change at once: one write is in progress, and all changes that arrive meanwhile share the next one. Not thread-safe:
/// used in the turns of its grain.
/// </summary>
internal sealed class SharedWrites<TState>(IPersistentState<TState> storage, Action onFailed)
{
    private List<(Func<TState, TState> Change, TaskCompletionSource Written)> _changes = [];
    private bool _writing;

    /// <summary>The state as it is written.</summary>
    public TState Current { get; private set; } = storage.State;

    /// <summary>Takes the state that the storage has read for the activation.</summary>
    public void Load() => Current = storage.State;

    /// <summary>Changes the state; it is written when this ends. A change that changes nothing is not written.</summary>
    /// <exception cref="Exception">The write failed. The activation must end, because the stored state is unknown.</exception>
    public Task ChangeAsync(Func<TState, TState> change)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _changes.Add((change, written));
        if (!_writing)
        {
            _ = WriteAllAsync();
        }

        return written.Task;
    }

    private async Task WriteAllAsync()
    {
        _writing = true;
        while (_changes.Count > 0)
        {
            var batch = _changes;
            _changes = [];
            try
            {
                var next = batch.Aggregate(Current, (state, one) => one.Change(state));
                if (!ReferenceEquals(next, Current))
                {
                    storage.State = next!;
                    await storage.WriteStateAsync();
                    Current = next;
                }

                batch.ForEach(one => one.Written.SetResult());
            }
            catch (Exception exception)
            {
                // Callers first: they must not wait for ever, whatever else fails.
                batch.ForEach(one => one.Written.TrySetException(exception));
                storage.State = Current;
                onFailed();
            }
        }

        _writing = false;
    }
}
