using Orleans.Services;
using Prism.Grains.Interfaces.Breakers;

// The silos of earlier versions find the service by the full name of this interface: it keeps its namespace.
#pragma warning disable IDE0130
namespace Prism.Failover;
#pragma warning restore IDE0130

/// <summary>What one silo knows of why providers are not to be called, for the others.</summary>
[Alias("prism.IProviderHoldsService")]
internal interface IProviderHoldsService : IGrainService
{
    /// <summary>An operator has lifted what held a provider back.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="circuit">How its circuit stands in the cluster now.</param>
    [Alias("lift")]
    Task LiftAsync(string provider, CircuitStatus circuit);
}
