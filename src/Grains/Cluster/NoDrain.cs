using Prism.Grains.Interfaces.Cluster;

namespace Prism.Grains.Cluster;

/// <summary>The drain of a process that has none: whatever is under way is waited for, as long as its host waits.</summary>
internal sealed class NoDrain : IDrain
{
    public CancellationToken Draining => CancellationToken.None;

    public CancellationToken Deadline => CancellationToken.None;
}
