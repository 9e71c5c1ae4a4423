using System.Collections.Immutable;

namespace Prism.Grains.Interfaces.Cluster;

/// <summary>This silo's view of the cluster, from its own memory: reading it costs no network call.</summary>
public interface IClusterView
{
    /// <summary>The current state of the cluster.</summary>
    ClusterStatus GetStatus();
}

/// <summary>The cluster as one silo sees it.</summary>
[GenerateSerializer, Immutable, Alias("prism.cluster-status")]
public sealed record ClusterStatus
{
    /// <summary>The cluster's id.</summary>
    [Id(0)] public required string ClusterId { get; init; }

    /// <summary>The silo that answers, as <c>address:port@generation</c>.</summary>
    [Id(1)] public required string Self { get; init; }

    /// <summary>All silos of the membership that are not dead.</summary>
    [Id(2)] public ImmutableArray<SiloInfo> Silos { get => field.IsDefault ? [] : field; init; }

    /// <summary>Where the cluster keeps its state.</summary>
    [Id(3)] public StorageStatus Storage { get; init; } = StorageStatus.InMemory;
}

/// <summary>One silo of the membership.</summary>
[GenerateSerializer, Immutable, Alias("prism.silo-info")]
public sealed record SiloInfo
{
    /// <summary>Its name.</summary>
    [Id(0)] public string? Name { get; init; }

    /// <summary>Its address, as <c>address:port@generation</c>.</summary>
    [Id(1)] public required string Address { get; init; }

    /// <summary><c>joining</c>, <c>active</c>, <c>shutting_down</c> or <c>stopping</c>.</summary>
    [Id(2)] public required string Status { get; init; }
}
