using System.Collections.Immutable;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>
/// The state of a ledger, as it is stored. Times are milliseconds of ledger time (see <see cref="LedgerClock"/>) since 1970 UTC.
/// Bounded: some 170 slots a rate, one entry a silo. Additive changes only: a rolling upgrade has both versions read it.
/// </summary>
[GenerateSerializer, Immutable, Alias("prism.ledger-state")]
internal sealed record LedgerState
{
    /// <summary>When it was last changed.</summary>
    [Id(0)] public long Now { get; init; }

    /// <summary>The activation that wrote it.</summary>
    [Id(1)] public string? Writer { get; init; }

    /// <summary>The blocks of requests per minute that still count.</summary>
    [Id(2)] public ImmutableArray<RateSlot> Requests { get => field.IsDefault ? [] : field; init; }

    /// <summary>The blocks of tokens per minute that still count.</summary>
    [Id(3)] public ImmutableArray<RateSlot> Tokens { get => field.IsDefault ? [] : field; init; }

    /// <summary>The tokens of the day.</summary>
    [Id(4)] public BudgetPeriod Day { get; init; }

    /// <summary>The tokens of the month.</summary>
    [Id(5)] public BudgetPeriod Month { get; init; }

    /// <summary>The silos that have asked and are not known to be dead.</summary>
    [Id(6)] public ImmutableArray<SiloLease> Silos { get => field.IsDefault ? [] : field; init; }

    /// <summary>The end of the provider's throttle.</summary>
    [Id(7)] public long HeldBackUntil { get; init; }

    /// <summary>The money of the month, in millionths of a USD.</summary>
    [Id(8)] public BudgetPeriod Spend { get; init; }
}

/// <summary>Blocks of a rate that were granted at about the same time.</summary>
/// <param name="Block">Their number, see <see cref="RateLog"/>.</param>
/// <param name="At">When the last of them was granted.</param>
/// <param name="Amount">The part of the grant that was not returned.</param>
[GenerateSerializer, Immutable, Alias("prism.rate-slot")]
internal readonly record struct RateSlot([property: Id(0)] long Block, [property: Id(1)] long At, [property: Id(2)] long Amount);

/// <summary>A calendar period of a budget.</summary>
/// <param name="Number">Its number, see <see cref="BudgetCalendar"/>; the block of all its grants.</param>
/// <param name="Used">The spent amount, with the grants of silos that died.</param>
[GenerateSerializer, Immutable, Alias("prism.budget-period")]
internal readonly record struct BudgetPeriod([property: Id(0)] long Number, [property: Id(1)] long Used);

/// <summary>A ledger's record of one silo.</summary>
[GenerateSerializer, Immutable, Alias("prism.silo-lease")]
internal sealed record SiloLease
{
    /// <summary>The silo with its incarnation.</summary>
    [Id(0)] public required string Silo { get; init; }

    /// <summary>Its last ask that was applied.</summary>
    [Id(1)] public long Sequence { get; init; }

    /// <summary>The answer to it, in case the answer is lost on its way.</summary>
    [Id(2)] public LeaseAnswer? Answer { get; init; }

    /// <summary>The time of its last ask.</summary>
    [Id(3)] public long HeardAt { get; init; }

    /// <summary>Permits that it has.</summary>
    [Id(4)] public long Permits { get; init; }

    /// <summary>The grants of the day's tokens that it has not reported on.</summary>
    [Id(5)] public long DayOutstanding { get; init; }

    /// <summary>The grants of the month's tokens that it has not reported on.</summary>
    [Id(6)] public long MonthOutstanding { get; init; }

    /// <summary>Its place in line; null if it does not wait.</summary>
    [Id(7)] public LeaseClaim? Claim { get; init; }

    /// <summary>The grants of the month's money that it has not reported on.</summary>
    [Id(8)] public long SpendOutstanding { get; init; }

    /// <summary>Whether it has given everything back and will not ask again.</summary>
    [Id(9)] public bool HasLeft { get; init; }
}

/// <summary>A silo's place in line: later silos do not get what it waits for.</summary>
[GenerateSerializer, Immutable, Alias("prism.lease-claim")]
internal sealed record LeaseClaim
{
    /// <summary>The begin of its wait.</summary>
    [Id(0)] public long Since { get; init; }

    /// <summary>When it loses its place, unless it asks again before.</summary>
    [Id(1)] public long Until { get; init; }

    /// <summary>The needed amount.</summary>
    [Id(2)] public ImmutableArray<LeaseWant> Wants { get => field.IsDefault ? [] : field; init; }

    /// <summary>The amount of a limit that is kept for it.</summary>
    public long Of(LimitKind kind) => Wants.Where(want => want.Kind == kind).Sum(want => want.Needed);
}
