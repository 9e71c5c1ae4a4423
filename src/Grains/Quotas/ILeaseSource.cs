using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>The source of a silo's leases of one limit set: its ledger, on any silo of the cluster.</summary>
internal interface ILeaseSource
{
    /// <summary>Asks the ledger.</summary>
    Task<LeaseAnswer> AskAsync(LeaseAsk ask);
}
