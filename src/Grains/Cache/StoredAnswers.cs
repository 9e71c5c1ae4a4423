using System.Collections.Immutable;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Settings;

namespace Prism.Grains.Cache;

/// <summary>
/// What this silo has stored in the cache, so that it is bounded. Beyond the bound of an owner, that owner's oldest answers are deleted; beyond the
/// bound of all owners, the oldest of the owner with the most: an owner that fills the cache evicts its own.
/// </summary>
internal sealed class StoredAnswers(ISettings<CacheOptions> settings, TimeProvider time)
{
    // The overhead of an answer beside its text: a grain, its places in lists.
    private const long OfEntry = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, StoredAnswer> _answers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OwnerAnswers> _owners = new(StringComparer.Ordinal);
    private readonly SortedSet<(DateTimeOffset Expires, string Key)> _byExpiry = [];
    private readonly long _totalBytes =
        settings.Current.TotalBytes ?? Math.Max(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 16, 8 * 1024 * 1024);

    private long _bytes;

    /// <summary>An answer is stored.</summary>
    /// <param name="answer">The answer.</param>
    /// <returns>Those that have to go for it, which may be the answer itself.</returns>
    public ImmutableArray<StoredAnswer> Add(StoredAnswer answer)
    {
        lock (_lock)
        {
            Forget(answer.Key);
            ForgetExpired();
            var owner = _owners.TryGetValue(answer.Owner, out var known) ? known : _owners[answer.Owner] = new();
            owner.Add(answer, OfEntry + answer.Bytes);
            _answers[answer.Key] = answer;
            _byExpiry.Add((answer.Expires, answer.Key));
            _bytes += OfEntry + answer.Bytes;
            return [.. Evict(owner)];
        }
    }

    private List<StoredAnswer> Evict(OwnerAnswers owner)
    {
        var limits = settings.Current;
        var evicted = new List<StoredAnswer>();
        while (owner.Count > (limits.OwnerEntries ?? limits.MaxEntries) || owner.Bytes > (limits.OwnerBytes ?? _totalBytes))
        {
            evicted.Add(EvictOldest(owner));
        }

        while (_answers.Count > limits.MaxEntries)
        {
            evicted.Add(EvictOldest(_owners.Values.MaxBy(one => one.Count)!));
        }

        while (_bytes > _totalBytes)
        {
            evicted.Add(EvictOldest(_owners.Values.MaxBy(one => one.Bytes)!));
        }

        return evicted;
    }

    private StoredAnswer EvictOldest(OwnerAnswers owner)
    {
        var oldest = owner.Oldest;
        Forget(oldest.Key);
        return oldest;
    }

    // Their grains delete them by themselves.
    private void ForgetExpired()
    {
        var now = time.GetUtcNow();
        while (_byExpiry.Count > 0 && _byExpiry.Min is var first && first.Expires <= now)
        {
            Forget(first.Key);
        }
    }

    private void Forget(string key)
    {
        if (!_answers.Remove(key, out var answer))
        {
            return;
        }

        _byExpiry.Remove((answer.Expires, key));
        _bytes -= OfEntry + answer.Bytes;
        var owner = _owners[answer.Owner];
        owner.Remove(key, OfEntry + answer.Bytes);
        if (owner.Count == 0)
        {
            _owners.Remove(answer.Owner);
        }
    }

    private sealed class OwnerAnswers
    {
        private readonly LinkedList<StoredAnswer> _oldestFirst = [];
        private readonly Dictionary<string, LinkedListNode<StoredAnswer>> _nodes = new(StringComparer.Ordinal);

        public int Count => _nodes.Count;

        public long Bytes { get; private set; }

        public StoredAnswer Oldest => _oldestFirst.First!.Value;

        public void Add(StoredAnswer answer, long bytes)
        {
            _nodes[answer.Key] = _oldestFirst.AddLast(answer);
            Bytes += bytes;
        }

        public void Remove(string key, long bytes)
        {
            _nodes.Remove(key, out var node);
            _oldestFirst.Remove(node!);
            Bytes -= bytes;
        }
    }
}

/// <summary>A stored answer.</summary>
/// <param name="Key">The key of its <see cref="ICacheGrain"/>.</param>
/// <param name="Owner">On whose request it was stored.</param>
/// <param name="Bytes">Its size as JSON.</param>
/// <param name="Asked">When its call began.</param>
/// <param name="Expires">When its time is over.</param>
internal sealed record StoredAnswer(string Key, string Owner, long Bytes, DateTimeOffset Asked, DateTimeOffset Expires);
