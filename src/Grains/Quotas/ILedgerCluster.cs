namespace Prism.Grains.Quotas;

/// <summary>The cluster as a ledger needs to know it.</summary>
internal interface ILedgerCluster
{
    /// <summary>How many silos are active; at least 1.</summary>
    int ActiveSilos { get; }

    /// <summary>Whether a silo has died: the membership says so, or no longer knows it though it has been silent for as long as this.</summary>
    bool IsDead(string silo, TimeSpan silentFor);
}
