using System.Collections.Immutable;

namespace Prism.Grains.Catalog;

/// <summary>The names of an owner's things of one kind, as they are stored.</summary>
[GenerateSerializer, Immutable, Alias("prism.names-state")]
internal sealed record NamesState
{
    /// <summary>The names, in their order.</summary>
    [Id(0)] public ImmutableArray<string> Names { get => field.IsDefault ? [] : field; init; }

    /// <summary>
    /// The bytes of each name, in the same order. The length differs if sizes are unknown, or the state is of a version without them.
    /// </summary>
    [Id(1)] public ImmutableArray<long> Bytes { get => field.IsDefault ? [] : field; init; }
}
