using System.Collections.Immutable;

namespace Prism.Grains.Interfaces.Quotas;

/// <summary>The state of the limits of a ledger, for operators.</summary>
[GenerateSerializer, Immutable, Alias("prism.ledger-status")]
public sealed record LedgerStatus
{
    /// <summary>The configured limits.</summary>
    [Id(0)] public ImmutableArray<LimitStatus> Limits { get => field.IsDefault ? [] : field; init; }

    /// <summary>How long the provider must not be called; zero if it may be.</summary>
    [Id(1)] public TimeSpan HeldBackFor { get; init; }

    /// <summary>The silos that hold something or lately did.</summary>
    [Id(2)] public ImmutableArray<string> Silos { get => field.IsDefault ? [] : field; init; }

    /// <summary>The capacity that each silo holds.</summary>
    [Id(3)] public ImmutableArray<SiloLeaseStatus> Leases { get => field.IsDefault ? [] : field; init; }
}

/// <summary>The capacity of a ledger's limits that a silo holds.</summary>
[GenerateSerializer, Immutable, Alias("prism.silo-lease-status")]
public sealed record SiloLeaseStatus
{
    /// <summary>The silo with its incarnation.</summary>
    [Id(0)] public required string Silo { get; init; }

    /// <summary>The time since its last ask.</summary>
    [Id(1)] public TimeSpan HeardAgo { get; init; }

    /// <summary>
    /// Permits and tokens of budgets that it has not accounted for, and of rates the last block that it was granted, as long as that can be
    /// spent. Limits of which it holds nothing are not in it.
    /// </summary>
    [Id(2)] public ImmutableArray<HeldCapacity> Holds { get => field.IsDefault ? [] : field; init; }
}

/// <summary>How much of a limit a silo holds.</summary>
/// <param name="Kind">Of which limit.</param>
/// <param name="Amount">Requests, tokens or permits.</param>
[GenerateSerializer, Immutable, Alias("prism.held-capacity")]
public readonly record struct HeldCapacity([property: Id(0)] LimitKind Kind, [property: Id(1)] long Amount);

/// <summary>The state of one limit.</summary>
[GenerateSerializer, Immutable, Alias("prism.limit-status")]
public sealed record LimitStatus
{
    /// <summary>Which.</summary>
    [Id(0)] public required LimitKind Kind { get; init; }

    /// <summary>The limit itself.</summary>
    [Id(1)] public required long Limit { get; init; }

    /// <summary>The capacity that is neither used nor granted.</summary>
    [Id(2)] public required long Remaining { get; init; }

    /// <summary>The capacity that silos were granted and have not reported on. Not known for rates: 0.</summary>
    [Id(3)] public long Outstanding { get; init; }

    /// <summary>The time until the full limit is available again, if nothing more is spent.</summary>
    [Id(4)] public TimeSpan ResetAfter { get; init; }
}
