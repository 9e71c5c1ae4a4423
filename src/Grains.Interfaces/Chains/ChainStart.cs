using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.Chains;

/// <summary>The start of a run.</summary>
[GenerateSerializer, Immutable, Alias("prism.chain-start")]
public sealed record ChainStart
{
    /// <summary>The steps and the inputs. Of a stored chain, its definition as it is now: the run keeps it.</summary>
    [Id(0)] public required ChainDefinition Definition { get; init; }

    /// <summary>The owner of the run: an id of the caller that is no secret, the same for all its runs; empty if callers are not told apart.</summary>
    [Id(1)] public string Owner { get; init; } = "";

    /// <summary>The name of the stored chain.</summary>
    [Id(2)] public string? Chain { get; init; }

    /// <summary>The version of the stored chain.</summary>
    [Id(3)] public int? ChainVersion { get; init; }

    /// <summary>
    /// Distinguishes requests with the same idempotency key: a hash of the body. Null: a hash of <see cref="Definition"/> and <see cref="Chain"/>,
    /// which changes with the stored chain.
    /// </summary>
    [Id(4)] public string? Fingerprint { get; init; }
}

/// <summary>How a start ended: either <see cref="Run"/> or <see cref="Error"/> is set.</summary>
[GenerateSerializer, Immutable, Alias("prism.chain-start-outcome")]
public sealed record ChainStartOutcome
{
    /// <summary>The run; where it was there before, as it is now.</summary>
    [Id(0)] public ChainRun? Run { get; init; }

    /// <summary>
    /// Why there is none: <see cref="ChatErrorKind.InvalidRequest"/> with the step's name, <see cref="ChatErrorKind.RequestTooLarge"/>, or
    /// <see cref="ChatErrorKind.Unprocessable"/> where the key was used with another body; with a <see cref="ChatError.Quota"/>,
    /// <see cref="ChatErrorKind.RateLimited"/> where too many runs are active and <see cref="ChatErrorKind.Conflict"/> where too much is kept.
    /// </summary>
    [Id(1)] public ChatError? Error { get; init; }
}
