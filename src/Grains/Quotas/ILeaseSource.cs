using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>Where a silo's leases of one limit set come from: its ledger, wherever in the cluster that is.</summary>
internal interface ILeaseSource
{
    /// <summary>Asks the ledger.</summary>
    Task<LeaseAnswer> AskAsync(LeaseAsk ask);
}
