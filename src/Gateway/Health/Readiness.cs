using Microsoft.Extensions.Hosting;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Gateway.Health;

/// <summary>Whether this silo serves, from its own memory: asking costs no network hop.</summary>
public sealed class Readiness(IClusterView view, IHostApplicationLifetime lifetime)
{
    /// <summary>What is in the way, in a word; null while it serves.</summary>
    public string? FindObstacle() => FindObstacle(view.GetStatus());

    /// <summary>The same, where the cluster has been looked at already.</summary>
    public string? FindObstacle(ClusterStatus cluster) =>
        lifetime.ApplicationStopping.IsCancellationRequested ? "stopping"
        // Before the start is over, too: it is what the start waits for.
        : !cluster.Storage.CanWrite ? "storage_" + (cluster.Storage.Problem ?? StorageProblems.Unreachable)
        : !lifetime.ApplicationStarted.IsCancellationRequested ? "starting"
        : !cluster.Silos.Any(silo => silo.Address == cluster.Self && silo.Status == "active") ? "not_in_cluster"
        : null;
}
