using System.Collections.Immutable;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Interfaces.Chat;

/// <summary>How a call ended: either <see cref="Response"/> or <see cref="Error"/> is set.</summary>
[GenerateSerializer, Immutable, Alias("prism.chat-outcome")]
public sealed record ChatOutcome
{
    /// <summary>The answer.</summary>
    [Id(0)] public ChatResponse? Response { get; init; }

    /// <summary>Why there is none.</summary>
    [Id(1)] public ChatError? Error { get; init; }

    /// <summary>The provider and model; null if the call was rejected before they were known.</summary>
    [Id(2)] public AnswerInfo? Route { get; init; }
}

/// <summary>How a call was answered.</summary>
[GenerateSerializer, Immutable, Alias("prism.chat-route")]
public sealed record AnswerInfo
{
    /// <summary>The provider's name.</summary>
    [Id(0)] public required string Provider { get; init; }

    /// <summary>The model that the provider is called with.</summary>
    [Id(1)] public required string Model { get; init; }

    /// <summary>How many calls upstream it has taken, retries and those to other providers included; 0 where none was made, as for a stored answer.</summary>
    [Id(2)] public int Attempts { get; init; } = 1;

    /// <summary>The use of the response cache.</summary>
    [Id(3)] public ChatCacheResult Cache { get; init; }

    /// <summary>
    /// The state of the limits of the provider and of the caller's key when the call was admitted or denied; null if there are none.
    /// </summary>
    [Id(4)] public ImmutableArray<LimitStatus>? Limits { get; init; }

    /// <summary>How old the answer is, where it is a stored one.</summary>
    [Id(5)] public TimeSpan? Age { get; init; }

    /// <summary>
    /// The parts of the request that the provider did not get because it does not support them, one sentence each. Only a fallback has any.
    /// </summary>
    [Id(6)] public ImmutableArray<string>? Warnings { get; init; }
}

/// <summary>The use of the response cache by a call.</summary>
[GenerateSerializer, Alias("prism.chat-cache-result")]
public enum ChatCacheResult
{
    /// <summary>The cache was not used.</summary>
    Bypass = 0,

    /// <summary>It had no answer, so the provider was called.</summary>
    Miss = 1,

    /// <summary>It had the answer.</summary>
    Hit = 2,

    /// <summary>The same call was in progress for another caller, and its answer served this one too.</summary>
    Joined = 3,
}

/// <summary>
/// One event of a streamed answer; exactly one property is set. A stream is <see cref="Started"/>, then any number of <see cref="Chunk"/>,
/// then <see cref="Completed"/> or <see cref="Failed"/>; or only <see cref="Failed"/>, where nothing came.
/// </summary>
[GenerateSerializer, Immutable, Alias("prism.chat-stream-event")]
public readonly record struct ChatStreamEvent
{
    /// <summary>The provider has begun to answer.</summary>
    [Id(0)] public AnswerInfo? Started { get; init; }

    /// <summary>A piece of the answer.</summary>
    [Id(1)] public ChatChunk? Chunk { get; init; }

    /// <summary>The answer is complete. The value is its usage.</summary>
    [Id(2)] public ChatUsage? Completed { get; init; }

    /// <summary>The answer ends here, incomplete.</summary>
    [Id(3)] public ChatError? Failed { get; init; }

    /// <summary>An event that is <paramref name="chunk"/>.</summary>
    public static implicit operator ChatStreamEvent(ChatChunk chunk) => new() { Chunk = chunk };

    /// <summary>An event that is <paramref name="error"/>.</summary>
    public static implicit operator ChatStreamEvent(ChatError error) => new() { Failed = error };
}
