namespace Prism.Grains.Cluster;

/// <summary>This silo's copy of one thing that is stored elsewhere: one read at a time, and none from before a change.</summary>
internal sealed class SiloCacheEntry<T>(string key)
    where T : class
{
    private readonly Lock _lock = new();
    private T? _last;
    private Task<T?>? _asking;
    private volatile T? _held;
    private int _forgotten;
    private long _usedAt;

    public string Key => key;

    /// <summary>The timestamp of its last use.</summary>
    public long UsedAt { get => Volatile.Read(ref _usedAt); set => Volatile.Write(ref _usedAt, value); }

    /// <summary>The last copy; null if there is none since it was dropped.</summary>
    public T? Held => _held;

    /// <summary>Reads, unless a read is in progress.</summary>
    /// <param name="ask">Gets the last copy, even if it was dropped. Must not throw.</param>
    public Task<T?> AskOnce(Func<T?, Task<T?>> ask)
    {
        lock (_lock)
        {
            return _asking ??= AskAsync(ask, _last, _forgotten);
        }
    }

    /// <summary>Drops the copy and the result of a read in progress.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _forgotten++;
            _held = null;
            // A caller that comes now must not get the answer to an earlier question.
            _asking = null;
        }
    }

    private async Task<T?> AskAsync(Func<T?, Task<T?>> ask, T? last, int forgotten)
    {
        // Neither under the caller's lock nor in its grain's turns: others wait for the answer too.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var answer = await ask(last);
        lock (_lock)
        {
            if (_forgotten == forgotten)
            {
                _asking = null;
                _held = answer ?? _held;
                _last = answer ?? _last;
            }
        }

        return answer;
    }
}
