using System.Collections.Immutable;
using System.Text.Json;
using Orleans.Concurrency;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.Chains;

/// <summary>
/// A stored chain. Its key is <see cref="GrainKeys.Chain"/>, also if there is none of this name. A start of a run reads the chain here, and the run
/// keeps its copy.
/// </summary>
[Alias("prism.IChainCatalogGrain")]
[GrainInterfaceType("prism.IChainCatalogGrain")]
public interface IChainCatalogGrain : IGrainWithStringKey
{
    /// <summary>Stores the chain, as a new version if it differs from the stored one.</summary>
    [Alias("put")]
    Task<ChainPut> PutAsync(ChainDraft draft);

    /// <summary>Removes the chain. Its runs go on.</summary>
    /// <returns>False: there was none.</returns>
    [Alias("delete")]
    Task<bool> DeleteAsync();

    /// <summary>The chain; null where there is none.</summary>
    [AlwaysInterleave, Alias("get")]
    Task<StoredChain?> GetAsync();

    /// <summary>The chain without its steps; null where there is none.</summary>
    [AlwaysInterleave, Alias("describe")]
    Task<ChainSummary?> DescribeAsync();
}

/// <summary>A chain to store.</summary>
[GenerateSerializer, Immutable, Alias("prism.chain-draft")]
public sealed record ChainDraft
{
    /// <summary>The steps, and inputs for runs that do not provide them. Runs have to provide all other inputs.</summary>
    [Id(0)] public required ChainDefinition Definition { get; init; }

    /// <summary>Its purpose.</summary>
    [Id(1)] public string? Description { get; init; }

    /// <summary>The version that this is a change of: any other must not be overwritten. Null: whatever there is may be.</summary>
    [Id(2)] public int? BasedOn { get; init; }

    /// <summary>Null, or the inputs that a run has to provide. They must be those that the steps use.</summary>
    [Id(3)] public ImmutableArray<string>? Variables { get; init; }
}

/// <summary>How storing a chain ended: either <see cref="Chain"/> or <see cref="Error"/> is set.</summary>
[GenerateSerializer, Immutable, Alias("prism.chain-put")]
public sealed record ChainPut
{
    /// <summary>The chain as it is stored.</summary>
    [Id(0)] public StoredChain? Chain { get; init; }

    /// <summary>Whether there was none of this name before.</summary>
    [Id(1)] public bool IsNew { get; init; }

    /// <summary>Why it is not stored.</summary>
    [Id(2)] public ChatError? Error { get; init; }
}

/// <summary>A chain that runs can be started of by its name.</summary>
[GenerateSerializer, Immutable, Alias("prism.stored-chain")]
public sealed record StoredChain
{
    /// <summary>Its entry in lists.</summary>
    [Id(0)] public required ChainSummary Summary { get; init; }

    /// <summary>The steps, and inputs for runs that do not bring them.</summary>
    [Id(1)] public required ChainDefinition Definition { get; init; }

    /// <summary>The start of a run of it.</summary>
    /// <param name="owner">The owner of the run.</param>
    /// <param name="inputs">The run's inputs, which go before the chain's own.</param>
    /// <param name="maxParallel">As <see cref="ChainDefinition.MaxParallel"/>; null for the chain's own.</param>
    public ChainStart StartWith(string owner, IReadOnlyDictionary<string, JsonElement>? inputs, int? maxParallel = null)
    {
        var all = new Dictionary<string, JsonElement>(Definition.Inputs ?? []);
        foreach (var (name, value) in inputs ?? ImmutableDictionary<string, JsonElement>.Empty)
        {
            all[name] = value;
        }

        return new()
        {
            Definition = Definition with { Inputs = all, MaxParallel = maxParallel ?? Definition.MaxParallel },
            Owner = owner,
            Chain = Summary.Name,
            ChainVersion = Summary.Version,
        };
    }
}

/// <summary>A stored chain in lists.</summary>
[GenerateSerializer, Immutable, Alias("prism.chain-summary")]
public sealed record ChainSummary
{
    /// <summary>Its name.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>How often it has been changed, from 1.</summary>
    [Id(1)] public required int Version { get; init; }

    /// <summary>Its purpose.</summary>
    [Id(2)] public required string Description { get; init; }

    /// <summary>The inputs that a run has to bring.</summary>
    [Id(3)] public ImmutableArray<string> Variables { get => field.IsDefault ? [] : field; init; }
}
