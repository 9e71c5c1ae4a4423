using System.Collections.Immutable;

namespace Prism.Limits;

/// <summary>How the limits of a ledger stand, for operators.</summary>
[GenerateSerializer, Immutable, Alias("prism.ledger-status")]
public sealed record LedgerStatus
{
    /// <summary>The configured limits.</summary>
    [Id(0)] public ImmutableArray<LimitStatus> Limits { get => field.IsDefault ? [] : field; init; }

    /// <summary>For how long the provider has asked to be left alone; zero where it has not.</summary>
    [Id(1)] public TimeSpan HeldBackFor { get; init; }

    /// <summary>The silos that hold something or lately did.</summary>
    [Id(2)] public ImmutableArray<string> Silos { get => field.IsDefault ? [] : field; init; }
}

/// <summary>How one limit stands.</summary>
[GenerateSerializer, Immutable, Alias("prism.limit-status")]
public sealed record LimitStatus
{
    /// <summary>Which.</summary>
    [Id(0)] public required LimitKind Kind { get; init; }

    /// <summary>The limit itself.</summary>
    [Id(1)] public required long Limit { get; init; }

    /// <summary>What nobody has.</summary>
    [Id(2)] public required long Remaining { get; init; }

    /// <summary>What silos have been granted and have not accounted for yet. Not known for rates: 0.</summary>
    [Id(3)] public long Outstanding { get; init; }

    /// <summary>Until all of it is there again, if nothing more is spent.</summary>
    [Id(4)] public TimeSpan ResetAfter { get; init; }
}
