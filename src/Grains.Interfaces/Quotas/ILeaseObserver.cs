using Orleans.Concurrency;
using Prism.Grains.Interfaces.Breakers;

namespace Prism.Grains.Interfaces.Quotas;

/// <summary>A silo's observer of a ledger, for news that cannot wait for the next ask.</summary>
[Alias("prism.ILeaseObserver")]
[GrainInterfaceType("prism.ILeaseObserver")]
public interface ILeaseObserver : IGrainObserver
{
    /// <summary>The provider must not be called for this long.</summary>
    [OneWay, Alias("held-back")]
    Task OnThrottledAsync(TimeSpan duration);

    /// <summary>The provider's circuit has changed.</summary>
    [OneWay, Alias("circuit-changed")]
    Task OnCircuitChangedAsync(CircuitStatus status);
}
