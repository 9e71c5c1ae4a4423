using System.Collections.Immutable;
using Prism.Grains.Interfaces.Usage;

namespace Prism.Grains.Usage;

/// <summary>
/// An owner's account of a month, as it is stored. Bounded: days times <see cref="UsageAggregate.MostModels"/> lines, and a mark for each silo of
/// the last day. Additive changes only.
/// </summary>
[GenerateSerializer, Immutable, Alias("prism.usage-state")]
internal sealed record UsageState
{
    /// <summary>The lines, each once.</summary>
    [Id(0)] public ImmutableArray<UsageEntry> Entries { get => field.IsDefault ? [] : field; init; }

    /// <summary>The last report of each silo.</summary>
    [Id(1)] public ImmutableArray<UsageMark> Marks { get => field.IsDefault ? [] : field; init; }
}

/// <summary>The last report of a silo.</summary>
/// <param name="Silo">The silo with its incarnation.</param>
/// <param name="Sequence">The report.</param>
/// <param name="At">When it was taken.</param>
[GenerateSerializer, Immutable, Alias("prism.usage-mark")]
internal readonly record struct UsageMark([property: Id(0)] string Silo, [property: Id(1)] long Sequence, [property: Id(2)] DateTimeOffset At);
