using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chains;

namespace Prism.Grains.Chains.Index;

/// <summary>The partitions of an owner. Additive changes only.</summary>
[GenerateSerializer, Immutable, Alias("prism.run-index-state")]
internal sealed record RunIndexState
{
    /// <summary>Oldest first.</summary>
    [Id(0)] public ImmutableArray<ShelfMark> Shelves { get => field.IsDefault ? [] : field; init; }

    /// <summary>The number of the next partition.</summary>
    [Id(1)] public long Next { get; init; }
}

/// <summary>A partition in an index.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Day">The UTC day whose runs are put there, in days since 1970.</param>
[GenerateSerializer, Immutable, Alias("prism.shelf-mark")]
internal readonly record struct ShelfMark([property: Id(0)] long Number, [property: Id(1)] long Day);

/// <summary>The runs of a partition. Additive changes only.</summary>
[GenerateSerializer, Immutable, Alias("prism.run-shelf-state")]
internal sealed record RunPartitionState
{
    /// <summary>The key of the index that it is a part of.</summary>
    [Id(0)] public string? Index { get; init; }

    /// <summary>In the order in which they came.</summary>
    [Id(1)] public ImmutableArray<RunSummary> Runs { get => field.IsDefault ? [] : field; init; }
}
