namespace Prism.Grains.Cluster;

/// <summary>What this silo has read of one thing that is kept elsewhere: one reading at a time, and none that was begun before a change.</summary>
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

    /// <summary>What was read last; null where nothing has been since it was forgotten.</summary>
    public T? Held => _held;

    /// <summary>Asks, unless somebody is asking.</summary>
    /// <param name="ask">Is given what was read last, forgotten or not. Must not throw.</param>
    public Task<T?> AskOnce(Func<T?, Task<T?>> ask)
    {
        lock (_lock)
        {
            return _asking ??= AskAsync(ask, _last, _forgotten);
        }
    }

    /// <summary>Lets nobody have what has been read or is being read.</summary>
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
