using Microsoft.Extensions.Hosting;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Gateway.Health;

/// <summary>Whether this silo serves requests, from its own memory: checking costs no network call.</summary>
public sealed class Readiness(IClusterView view, IHostApplicationLifetime lifetime)
{
    /// <summary>Why the silo does not serve, in a word; null while it serves.</summary>
    public string? FindObstacle() => FindObstacle(view.GetStatus());

    /// <summary>The same for a cluster status that has been read already.</summary>
    public string? FindObstacle(ClusterStatus cluster) =>
        lifetime.ApplicationStopping.IsCancellationRequested ? "stopping"
        // Also before the start is complete: the start waits for it.
        : !cluster.Storage.CanWrite ? "storage_" + (cluster.Storage.Problem ?? StorageProblems.Unreachable)
        : !lifetime.ApplicationStarted.IsCancellationRequested ? "starting"
        : !cluster.Silos.Any(silo => silo.Address == cluster.Self && silo.Status == "active") ? "not_in_cluster"
        : null;
}
