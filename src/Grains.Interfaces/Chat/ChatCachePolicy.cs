namespace Prism.Grains.Interfaces.Chat;

/// <summary>A caller's use of the response cache. All unset: a stored answer is served if there is one.</summary>
[GenerateSerializer, Immutable, Alias("prism.chat-cache-policy")]
public sealed record ChatCachePolicy
{
    /// <summary>Neither read nor written: the call has nothing to do with the cache, nor with other calls.</summary>
    [Id(0)] public bool NoStore { get; init; }

    /// <summary>Not read: the call makes its own answer, which takes the place of a stored one.</summary>
    [Id(1)] public bool NoCache { get; init; }

    /// <summary>The oldest answer that is accepted. Null: any that has not expired.</summary>
    [Id(2)] public TimeSpan? MaxAge { get; init; }

    /// <summary>How long the answer is kept that this call makes, if it makes one. Null: the configured time.</summary>
    [Id(3)] public TimeSpan? Ttl { get; init; }
}
