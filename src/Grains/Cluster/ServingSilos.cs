namespace Prism.Grains.Cluster;

/// <summary>Which silos answer requests.</summary>
internal static class ServingSilos
{
    /// <summary>Those that do, and those that still do although they are about to stop.</summary>
    public static IEnumerable<SiloAddress> Serving(this ClusterMembershipSnapshot snapshot) => snapshot.Members.Values
        .Where(member => member.Status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping)
        .Select(member => member.SiloAddress);
}
