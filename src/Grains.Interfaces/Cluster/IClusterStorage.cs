namespace Prism.Cluster;

/// <summary>Where the cluster keeps its state, as this silo last saw it: asking costs no network hop.</summary>
public interface IClusterStorage
{
    /// <summary>The storage as it stands.</summary>
    StorageStatus Status { get; }
}

/// <summary>Where the cluster keeps its state.</summary>
[GenerateSerializer, Immutable, Alias("prism.storage-status")]
public sealed record StorageStatus
{
    /// <summary>In the silo's own memory, which is always there and ends with it.</summary>
    public static readonly StorageStatus InMemory = new() { Kind = "memory", Reachable = true };

    /// <summary><c>memory</c> or <c>redis</c>.</summary>
    [Id(0)] public required string Kind { get; init; }

    /// <summary>Whether this silo reaches it.</summary>
    [Id(1)] public required bool Reachable { get; init; }
}
