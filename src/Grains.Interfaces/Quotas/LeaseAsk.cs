using System.Collections.Immutable;

namespace Prism.Grains.Interfaces.Quotas;

/// <summary>
/// A silo's message to a ledger: the use of its grants, and its further wants. A silo has one ask in flight and repeats it, unchanged, until it is
/// answered; so a ledger that remembers the last <see cref="Sequence"/> applies each exactly once.
/// </summary>
[GenerateSerializer, Immutable, Alias("prism.lease-ask")]
public sealed record LeaseAsk
{
    /// <summary>
    /// The silo with its incarnation, as <c>address:port@generation</c>; where it opens its leases more than once, followed by <c>#</c> and how
    /// often.
    /// </summary>
    [Id(0)] public required string Silo { get; init; }

    /// <summary>From 1, one more than in this silo's last answered ask.</summary>
    [Id(1)] public required long Sequence { get; init; }

    /// <summary>The use of capacity that was granted before.</summary>
    [Id(2)] public ImmutableArray<LeaseReport> Reports { get => field.IsDefault ? [] : field; init; }

    /// <summary>The wanted capacity; empty if the ask only reports.</summary>
    [Id(3)] public ImmutableArray<LeaseWant> Wants { get => field.IsDefault ? [] : field; init; }

    /// <summary>Whether requests wait for this. Then they keep their place in line while other silos ask.</summary>
    [Id(4)] public bool Waiting { get; init; }

    /// <summary>Whether the silo gives everything back and will not ask again.</summary>
    [Id(5)] public bool Leaving { get; init; }
}

/// <summary>The use of capacity out of one <see cref="LeaseGrant.Block"/> since the last report.</summary>
/// <param name="Kind">Of which limit.</param>
/// <param name="Block">The block's number.</param>
/// <param name="Returned">The capacity that will never be spent; negative if more was spent than granted.</param>
/// <param name="Spent">The spent capacity, for budgets only.</param>
[GenerateSerializer, Immutable, Alias("prism.lease-report")]
public readonly record struct LeaseReport(
    [property: Id(0)] LimitKind Kind, [property: Id(1)] long Block, [property: Id(2)] long Returned, [property: Id(3)] long Spent);

/// <summary>A silo's demand of one limit.</summary>
/// <param name="Kind">Of which limit.</param>
/// <param name="Needed">The amount for the first request in line; less is of no use. 0: no request waits.</param>
/// <param name="Queued">The amount for all requests in line.</param>
/// <param name="PerSecond">The demand seen lately.</param>
[GenerateSerializer, Immutable, Alias("prism.lease-want")]
public readonly record struct LeaseWant(
    [property: Id(0)] LimitKind Kind, [property: Id(1)] long Needed, [property: Id(2)] long Queued, [property: Id(3)] double PerSecond);
