namespace Prism.Grains.Quotas;

/// <summary>The cluster as a ledger needs to know it.</summary>
internal interface ILedgerCluster
{
    /// <summary>How many silos are active; at least 1.</summary>
    int ActiveSilos { get; }

    /// <summary>Whether a silo has died: by the membership, or because the membership no longer has it and it was silent for this long.</summary>
    bool IsDead(string silo, TimeSpan silentFor);
}
