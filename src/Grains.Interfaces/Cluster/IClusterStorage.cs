using System.Text.Json.Serialization;

namespace Prism.Grains.Interfaces.Cluster;

/// <summary>Where the cluster keeps its state, as this silo last saw it: asking costs no network hop.</summary>
public interface IClusterStorage
{
    /// <summary>The current state of the storage.</summary>
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

    /// <summary>Why it cannot be used, one of <see cref="StorageProblems"/>; null where it can.</summary>
    [Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Problem { get; init; }

    /// <summary>Whether stored data can be read.</summary>
    [JsonIgnore] public bool CanRead => Reachable && Problem is null or StorageProblems.Full or StorageProblems.ReadOnly;

    /// <summary>Whether anything can be stored.</summary>
    [JsonIgnore] public bool CanWrite => Reachable && Problem is null;
}

/// <summary>The values of <see cref="StorageStatus.Problem"/>.</summary>
public static class StorageProblems
{
    /// <summary>It does not answer, or is still starting.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>It answers reads, and has no memory left for writes.</summary>
    public const string Full = "full";

    /// <summary>It answers reads and takes no writes: a replica, or a disk that it cannot write to.</summary>
    public const string ReadOnly = "read_only";

    /// <summary>It responds, and rejects this silo's credentials or their permissions.</summary>
    public const string Refused = "refused";
}
