using Prism.Grains.Interfaces.Chains;

namespace Prism.Grains.Chains.Index;

/// <summary>A chain as it is stored.</summary>
[GenerateSerializer, Immutable, Alias("prism.chain-catalog-state")]
internal sealed record ChainCatalogState
{
    /// <summary>The chain; null where there is none.</summary>
    [Id(0)] public StoredChain? Chain { get; init; }
}
