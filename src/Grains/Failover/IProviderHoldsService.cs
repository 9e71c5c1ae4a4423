using Orleans.Services;

namespace Prism.Failover;

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
