using Orleans.Services;
using Prism.Grains.Interfaces.Breakers;

// The silos of earlier versions find the service by the full name of this interface: it keeps its namespace.
#pragma warning disable IDE0130
namespace Prism.Failover;
#pragma warning restore IDE0130

/// <summary>One silo's holds on providers, for other silos.</summary>
[Alias("prism.IProviderHoldsService")]
internal interface IProviderHoldsService : IGrainService
{
    /// <summary>An operator has lifted the holds on a provider.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="circuit">The state of its circuit in the cluster.</param>
    [Alias("lift")]
    Task LiftAsync(string provider, CircuitStatus circuit);
}
