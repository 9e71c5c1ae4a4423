using Orleans.Concurrency;
using Prism.Grains.Interfaces.Breakers;

namespace Prism.Grains.Interfaces.Quotas;

/// <summary>A silo's ear for what its leases' ledger cannot wait to be asked for.</summary>
[Alias("prism.ILeaseObserver")]
[GrainInterfaceType("prism.ILeaseObserver")]
public interface ILeaseObserver : IGrainObserver
{
    /// <summary>The provider asked to be left alone: admits nothing for so long.</summary>
    [OneWay, Alias("held-back")]
    Task OnHeldBackAsync(TimeSpan duration);

    /// <summary>The provider's circuit has changed.</summary>
    [OneWay, Alias("circuit-changed")]
    Task OnCircuitChangedAsync(CircuitStatus status);
}
