using Prism.Grains.Interfaces.Cache;

namespace Prism.Grains.Cache;

/// <summary>The stored state of one prompt.</summary>
internal sealed class CacheState
{
    /// <summary>The answer; null where there is none.</summary>
    public CacheEntry? Entry { get; set; }
}

/// <summary>The stored state of the whole cache.</summary>
internal sealed class CacheEpochState
{
    /// <summary>The epoch that entries have to be of.</summary>
    public long Epoch { get; set; }
}

/// <summary>The stored state of one slot of one share of the keys.</summary>
internal sealed class CacheSweepState
{
    /// <summary>The keys of the entries that expire in it.</summary>
    public List<string> Entries { get; set; } = [];
}
