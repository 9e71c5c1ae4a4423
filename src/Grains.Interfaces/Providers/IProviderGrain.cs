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
    /// Takes a silo's report and grants it what it wants, as far as there is. What is granted is written before it is answered.
    /// Interleaves, so that all asks that come in while a write is under way share the next one.
    /// </summary>
    /// <param name="ask">The same ask may be sent again until it is answered.</param>
    /// <param name="observer">Told at once when the provider asks to be left alone. Null: it finds out with its next ask.</param>
    [AlwaysInterleave, Alias("ask")]
    Task<LeaseAnswer> AskAsync(LeaseAsk ask, ILeaseObserver? observer);

    /// <summary>The provider answered 429 and named a time: nobody calls it until then.</summary>
    /// <param name="retryAfter">Counted from now; one that would end earlier than a known one changes nothing.</param>
    /// <param name="observer">As for <see cref="AskAsync"/>.</param>
    [AlwaysInterleave, Alias("throttled")]
    Task ReportThrottledAsync(TimeSpan retryAfter, ILeaseObserver? observer);

    /// <summary>Takes what a silo has found out about whether the provider fails, and says how that stands in the cluster.</summary>
    /// <param name="news">What it has found out, or wants to know.</param>
    /// <param name="observer">Told of each change for some minutes. Null: it finds out with its next news.</param>
    [AlwaysInterleave, Alias("tell-circuit")]
    Task<CircuitStatus> TellCircuitAsync(CircuitNews news, ILeaseObserver? observer);

    /// <summary>Lifts a hold-back and closes the circuit, as an operator wishes. What silos know of both is to be told to them after that.</summary>
    /// <returns>The circuit as it stands then.</returns>
    [AlwaysInterleave, Alias("lift-holds")]
    Task<CircuitStatus> LiftHoldsAsync();

    /// <summary>How the limits stand.</summary>
    [AlwaysInterleave, Alias("status")]
    Task<LedgerStatus> GetStatusAsync();
}
