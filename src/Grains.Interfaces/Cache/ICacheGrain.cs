using Orleans.Concurrency;

namespace Prism.Grains.Interfaces.Cache;

/// <summary>
/// One prompt's entry in the response cache: its stored answer, and the shared call in progress. The key is
/// <see cref="GrainKeys.Cache"/>.
/// </summary>
[Alias("prism.ICacheGrain")]
[GrainInterfaceType("prism.ICacheGrain")]
public interface ICacheGrain : IGrainWithStringKey
{
    /// <summary>Looks the answer up. Interleaves: the next request gets an answer while it is being written.</summary>
    [AlwaysInterleave, Alias("join")]
    Task<JoinAnswer> JoinAsync(JoinAsk ask);

    /// <summary>The shared call has completed. Its answer is kept unless there is one of a later call.</summary>
    /// <param name="shared">The shared call's id.</param>
    /// <param name="entry">The answer.</param>
    [Alias("complete")]
    Task CompleteAsync(string shared, CacheEntry entry);

    /// <summary>The shared call has ended and left nothing to store: the next request leads.</summary>
    /// <param name="shared">The shared call's id.</param>
    [Alias("release")]
    Task ReleaseAsync(string shared);

    /// <summary>Deletes the answer if its time is over. May be called too early and more than once.</summary>
    /// <returns>When to come again, where the answer is still good; null where there is none left.</returns>
    [Alias("expire")]
    Task<DateTimeOffset?> ExpireAsync();

    /// <summary>Deletes the answer before its time, to make room for others.</summary>
    /// <param name="asked">When its call began. The answer of a later call stays.</param>
    [Alias("evict")]
    Task EvictAsync(DateTimeOffset asked);
}

/// <summary>A request's question to the cache.</summary>
[GenerateSerializer, Immutable, Alias("prism.join-ask")]
public sealed record JoinAsk
{
    /// <summary>The id of the shared call that the asker will lead if it is to. Asking again with the same one is the same question.</summary>
    [Id(0)] public required string SharedCall { get; init; }

    /// <summary>True: the caller leads a call of its own, whatever is stored or in progress.</summary>
    [Id(1)] public bool Refresh { get; init; }

    /// <summary>The oldest stored answer that will do; null for any that has not expired.</summary>
    [Id(2)] public TimeSpan? MaxAge { get; init; }

    /// <summary>A shared call that the caller was referred to and found lost.</summary>
    [Id(3)] public string? Lost { get; init; }

    /// <summary>True: the asker does not follow and is not to be followed.</summary>
    [Id(4)] public bool Alone { get; init; }
}

/// <summary>The result of a lookup: exactly one of <see cref="Hit"/> and <see cref="SharedCall"/> is set.</summary>
[GenerateSerializer, Immutable, Alias("prism.join-answer")]
public sealed record JoinAnswer
{
    /// <summary>The stored answer.</summary>
    [Id(0)] public CacheEntry? Hit { get; init; }

    /// <summary>How old it is.</summary>
    [Id(1)] public TimeSpan Age { get; init; }

    /// <summary>The shared call that will bring the answer: the asker's own, which it now has to start, or another, which it can follow.</summary>
    [Id(2)] public string? SharedCall { get; init; }
}
