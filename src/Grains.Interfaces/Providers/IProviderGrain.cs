using Orleans.Concurrency;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Interfaces.Providers;

/// <summary>The ledger of one provider's limits, and its circuit, for the whole cluster. Its key is the provider's name.</summary>
[Alias("prism.IProviderGrain")]
[GrainInterfaceType("prism.IProviderGrain")]
public interface IProviderGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes a silo's report and grants what it wants, as far as available. A grant is written before the response.
    /// Interleaves, so that all asks that arrive during a write share the next write.
    /// </summary>
    /// <param name="ask">The ask. It may be repeated until it is answered.</param>
    /// <param name="observer">Notified at once when the provider must not be called. Null: the silo learns of it with its next ask.</param>
    [AlwaysInterleave, Alias("ask")]
    Task<LeaseAnswer> AskAsync(LeaseAsk ask, ILeaseObserver? observer);

    /// <summary>The provider answered 429 with a time. No silo calls it until then.</summary>
    /// <param name="retryAfter">Counted from now; one that would end earlier than a known one changes nothing.</param>
    /// <param name="observer">As for <see cref="AskAsync"/>.</param>
    [AlwaysInterleave, Alias("throttled")]
    Task ReportThrottledAsync(TimeSpan retryAfter, ILeaseObserver? observer);

    /// <summary>Takes a silo's report on the provider's health, and returns the state of the circuit in the cluster.</summary>
    /// <param name="news">The report or question.</param>
    /// <param name="observer">Told of each change for some minutes. Null: it finds out with its next news.</param>
    [AlwaysInterleave, Alias("tell-circuit")]
    Task<CircuitStatus> ReportCircuitAsync(CircuitNews news, ILeaseObserver? observer);

    /// <summary>Lifts the throttling and closes the circuit, as an operator requests. Silos are to be notified after that.</summary>
    /// <returns>The new state of the circuit.</returns>
    [AlwaysInterleave, Alias("lift-holds")]
    Task<CircuitStatus> LiftHoldsAsync();

    /// <summary>The state of the limits.</summary>
    [AlwaysInterleave, Alias("status")]
    Task<LedgerStatus> GetStatusAsync();
}
