using System.Collections.Immutable;

namespace Prism.Grains.Interfaces.Cache;

/// <summary>
/// Deletes the entries that expire in one slot of time, of one share of the keys: one reminder for all of them. The key is
/// <see cref="GrainKeys.CacheSweep"/>.
/// </summary>
[Alias("prism.ICacheSweepGrain")]
[GrainInterfaceType("prism.ICacheSweepGrain")]
public interface ICacheSweepGrain : IGrainWithStringKey
{
    /// <summary>Takes note of an entry. It is written, and the reminder is set, before it is answered.</summary>
    /// <param name="entry">The key of its <see cref="ICacheGrain"/>.</param>
    [Orleans.Concurrency.AlwaysInterleave, Alias("add")]
    Task AddAsync(string entry);

    /// <summary>Takes an entry off the list that was deleted before its time.</summary>
    /// <param name="entry">The key of its <see cref="ICacheGrain"/>.</param>
    [Orleans.Concurrency.AlwaysInterleave, Alias("remove")]
    Task RemoveAsync(string entry);

    /// <summary>The noted entries.</summary>
    [Alias("list")]
    Task<ImmutableArray<string>> ListAsync();
}
