using Prism.Grains.Interfaces.Cluster;

namespace Prism.Grains.Cluster;

/// <summary>The storage of a silo that has no other.</summary>
internal sealed class MemoryStorage : IClusterStorage
{
    public StorageStatus Status => StorageStatus.InMemory;
}
