using System.Collections.Immutable;

namespace Prism.Grains.Catalog;

/// <summary>The names of an owner's things of one kind, as they are stored.</summary>
[GenerateSerializer, Immutable, Alias("prism.names-state")]
internal sealed record NamesState
{
    /// <summary>The names, in their order.</summary>
    [Id(0)] public ImmutableArray<string> Names { get => field.IsDefault ? [] : field; init; }

    /// <summary>
    /// How many bytes each of them has, in the same order; of another length where nobody has said so, or a version before did not know it.
    /// </summary>
    [Id(1)] public ImmutableArray<long> Bytes { get => field.IsDefault ? [] : field; init; }
}
