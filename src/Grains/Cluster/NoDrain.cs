using Prism.Grains.Interfaces.Cluster;

namespace Prism.Grains.Cluster;

/// <summary>The drain of a process without one: it waits for work in progress as long as its host does.</summary>
internal sealed class NoDrain : IDrain
{
    public CancellationToken Draining => CancellationToken.None;

    public CancellationToken Deadline => CancellationToken.None;
}
