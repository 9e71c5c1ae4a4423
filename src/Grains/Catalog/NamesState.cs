using System.Collections.Immutable;

namespace Prism.Catalog;

/// <summary>The names of an owner's things of one kind, as they are stored.</summary>
[GenerateSerializer, Immutable, Alias("prism.names-state")]
internal sealed record NamesState
{
    /// <summary>The names, in their order.</summary>
    [Id(0)] public ImmutableArray<string> Names { get => field.IsDefault ? [] : field; init; }
}
