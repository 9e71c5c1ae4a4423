using Orleans.Concurrency;

namespace Prism.Limits;

/// <summary>A silo's ear for what its leases' ledger cannot wait to be asked for.</summary>
[Alias("prism.ILeaseObserver")]
public interface ILeaseObserver : IGrainObserver
{
    /// <summary>The provider asked to be left alone: admits nothing for so long.</summary>
    [OneWay, Alias("held-back")]
    Task OnHeldBackAsync(TimeSpan duration);
}
