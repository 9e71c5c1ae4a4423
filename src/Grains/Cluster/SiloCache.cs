using System.Collections.Concurrent;

namespace Prism.Grains.Cluster;

/// <summary>
/// What this silo has read of things that are kept elsewhere, also that there is none: a bounded number, of which those that were not used
/// for the longest time go first.
/// </summary>
/// <param name="most">How many are kept.</param>
internal sealed class SiloCache<T>(int most)
    where T : class
{
    private readonly ConcurrentDictionary<string, SiloCacheEntry<T>> _copies = [];

    /// <summary>How many there are.</summary>
    public int Count => _copies.Count;

    /// <summary>The place of a key, which is used now.</summary>
    /// <param name="key">The key.</param>
    /// <param name="now">The timestamp of now.</param>
    public SiloCacheEntry<T> Use(string key, long now)
    {
        var copy = _copies.TryGetValue(key, out var known) ? known : Add(key);
        copy.UsedAt = now;
        return copy;
    }

    /// <summary>Drops the copy of a key.</summary>
    public void Forget(string key)
    {
        if (_copies.TryGetValue(key, out var copy))
        {
            copy.Forget();
        }
    }

    /// <summary>Nothing that has been read is used any more.</summary>
    public void ForgetAll()
    {
        foreach (var (_, copy) in _copies)
        {
            copy.Forget();
        }
    }

    private SiloCacheEntry<T> Add(string key)
    {
        if (_copies.Count >= most)
        {
            foreach (var (other, _) in _copies.OrderBy(one => one.Value.UsedAt).Take(most / 4))
            {
                _copies.TryRemove(other, out _);
            }
        }

        return _copies.GetOrAdd(key, static key => new(key));
    }
}
