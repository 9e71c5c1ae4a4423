namespace Prism.Grains.Interfaces.Cache;

/// <summary>
/// The epoch of the response cache, which is part of every key in it: a new one makes all entries unreachable at once. One grain a cluster,
/// with the key <see cref="GrainKeys.CacheEpoch"/>.
/// </summary>
[Alias("prism.ICacheEpochGrain")]
[GrainInterfaceType("prism.ICacheEpochGrain")]
public interface ICacheEpochGrain : IGrainWithStringKey
{
    /// <summary>The epoch as it is stored.</summary>
    [Alias("get")]
    Task<long> GetAsync();

    /// <summary>Begins a new epoch. It is written before it is answered.</summary>
    /// <param name="known">The asker's epoch, which the new one is above even where the storage has lost its own.</param>
    [Alias("advance")]
    Task<long> AdvanceAsync(long known);
}

/// <summary>The response cache's end on one silo. The key is <see cref="GrainKeys.CacheNode"/>, and it lives on that silo.</summary>
[Alias("prism.ICacheNodeGrain")]
[GrainInterfaceType("prism.ICacheNodeGrain")]
public interface ICacheNodeGrain : IGrainWithStringKey
{
    /// <summary>Has the silo serve nothing of an older epoch from now on.</summary>
    /// <returns>False where this is not the silo that was meant, which is then out of reach.</returns>
    [Alias("take-epoch")]
    Task<bool> TakeEpochAsync(long epoch);
}
