namespace Prism.Grains.Quotas;

/// <summary>The cluster as a ledger needs to know it.</summary>
internal interface ILedgerCluster
{
    /// <summary>The number of active silos; at least 1.</summary>
    int ActiveSilos { get; }

    /// <summary>Whether a silo has died: by the membership, or because it is no longer a member and has not asked for this long.</summary>
    bool IsDead(string silo, TimeSpan silentFor);
}
