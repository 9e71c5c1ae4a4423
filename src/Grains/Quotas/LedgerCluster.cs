namespace Prism.Grains.Quotas;

/// <summary>The live silos, by the membership.</summary>
internal sealed class LedgerCluster(IClusterMembershipService membership) : ILedgerCluster
{
    // A silo that has just joined may be unknown here for a moment; one that was removed from the table is unknown for ever.
    private static readonly TimeSpan UnknownIsDeadAfter = TimeSpan.FromMinutes(2);

    public int ActiveSilos => Math.Max(1, membership.CurrentSnapshot.Members.Values.Count(member => member.Status == SiloStatus.Active));

    public bool IsDead(string silo, TimeSpan silentFor) =>
        membership.CurrentSnapshot.GetSiloStatus(SiloAddress.FromParsableString(AddressOf(silo))) switch
        {
            SiloStatus.Dead => true,
            SiloStatus.None => silentFor > UnknownIsDeadAfter,
            _ => false,
        };

    // Without which of the silo's leases it is.
    private static string AddressOf(string silo) => silo.IndexOf('#', StringComparison.Ordinal) is >= 0 and var end ? silo[..end] : silo;
}
