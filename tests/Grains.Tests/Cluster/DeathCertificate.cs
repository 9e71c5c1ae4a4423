using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace Prism.Tests.Cluster;

/// <summary>
/// Has a cluster in this process know of a death because the test says so. How soon silos find out by themselves is real time: a busy machine is
/// late to answer probes, and then they bury the living.
/// </summary>
internal static class DeathCertificate
{
    /// <summary>Silos that never lose patience with each other.</summary>
    public static void OnlySource(ClusterMembershipOptions membership) =>
        (membership.ProbeTimeout, membership.NumMissedProbesLimit) = (TimeSpan.FromSeconds(30), 10);

    /// <summary>Kills a silo, and has one of the others declare it dead.</summary>
    public static async Task KillAndBuryAsync(this InProcessTestCluster cluster, InProcessSiloHandle silo)
    {
        await cluster.KillSiloAsync(silo);
        foreach (var witness in cluster.Silos.Where(one => one != silo && one.IsActive).ToArray())
        {
            try
            {
                await cluster.BuryAsync(witness, silo.SiloAddress);
                return;
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                // It is being killed too.
            }
        }
    }

    /// <summary>Has a silo declare another one dead.</summary>
    public static async Task BuryAsync(this InProcessTestCluster cluster, InProcessSiloHandle witness, SiloAddress dead) =>
        Assert.True(await cluster.GetSiloServiceProvider(witness.SiloAddress).GetRequiredService<IClusterMembershipService>().TryKill(dead));
}
