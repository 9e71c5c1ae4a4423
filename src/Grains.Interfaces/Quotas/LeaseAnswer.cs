using System.Collections.Immutable;
using Prism.Grains.Interfaces.Breakers;

namespace Prism.Grains.Interfaces.Quotas;

/// <summary>A ledger's answer to a <see cref="LeaseAsk"/>: all that was needed is granted, or nothing is.</summary>
[GenerateSerializer, Immutable, Alias("prism.lease-answer")]
public sealed record LeaseAnswer
{
    /// <summary>The answered ask.</summary>
    [Id(0)] public required long Sequence { get; init; }

    /// <summary>The grants, with the state of each limit in the ask.</summary>
    [Id(1)] public ImmutableArray<LeaseGrant> Grants { get => field.IsDefault ? [] : field; init; }

    /// <summary>The limit that denies it; null if everything needed is granted.</summary>
    [Id(2)] public LimitKind? DeniedBy { get; init; }

    /// <summary>When the same ask would be granted, counted from the answer. Null: granted now, or never (more than the limit).</summary>
    [Id(3)] public TimeSpan? RetryAfter { get; init; }

    /// <summary>How long no silo may call the provider, by its own <c>Retry-After</c>; zero if it sent none.</summary>
    [Id(4)] public TimeSpan HeldBackFor { get; init; }

    /// <summary>Concurrency only: how many permits the silo may go on holding; others wait for the rest. Null: as many as it has.</summary>
    [Id(5)] public long? PermitsToKeep { get; init; }

    /// <summary>The state of the provider's circuit; null if it has always been closed.</summary>
    [Id(6)] public CircuitStatus? Circuit { get; init; }
}

/// <summary>A block of capacity to be spent locally, and the state of its limit.</summary>
[GenerateSerializer, Immutable, Alias("prism.lease-grant")]
public readonly record struct LeaseGrant
{
    /// <summary>Of which limit.</summary>
    [Id(0)] public required LimitKind Kind { get; init; }

    /// <summary>How much; may be 0.</summary>
    [Id(1)] public long Amount { get; init; }

    /// <summary>The block's number, for reports.</summary>
    [Id(2)] public long Block { get; init; }

    /// <summary>How long it may be spent, counted from the ask on the silo's monotonic clock.</summary>
    [Id(3)] public TimeSpan Life { get; init; }

    /// <summary>The limit itself.</summary>
    [Id(4)] public long Limit { get; init; }

    /// <summary>The rest for the whole cluster.</summary>
    [Id(5)] public long Remaining { get; init; }

    /// <summary>The time until the full limit is available again, if nothing more is spent.</summary>
    [Id(6)] public TimeSpan ResetAfter { get; init; }
}
