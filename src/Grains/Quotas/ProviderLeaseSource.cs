using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Interfaces.Providers;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>A provider's grain as the ledger of its leases, and this silo's observer of it.</summary>
internal sealed class ProviderLeaseSource(IGrainFactory grains, string provider) : ILeaseSource, ILeaseObserver
{
    private readonly IProviderGrain _grain = grains.GetGrain<IProviderGrain>(GrainKeys.Provider(provider));
    private ILeaseObserver? _reference;

    /// <summary>Called when the provider throttles this service.</summary>
    public Action<TimeSpan>? Throttled { get; set; }

    /// <summary>Called when the provider's circuit has changed.</summary>
    public Action<CircuitStatus>? CircuitHeard { get; set; }

    // Made when first needed: not before the silo runs. Orleans holds observers weakly; the leases hold this one.
    private ILeaseObserver Reference =>
        LazyInitializer.EnsureInitialized(ref _reference, () => grains.CreateObjectReference<ILeaseObserver>(this));

    public async Task<LeaseAnswer> AskAsync(LeaseAsk ask)
    {
        var answer = await _grain.AskAsync(ask, Reference);
        if (answer.Circuit is { } circuit)
        {
            CircuitHeard?.Invoke(circuit);
        }

        return answer;
    }

    public Task<CircuitStatus> ReportAsync(CircuitNews news) => _grain.ReportCircuitAsync(news, Reference);

    public Task ReportThrottledAsync(TimeSpan retryAfter) => _grain.ReportThrottledAsync(retryAfter, Reference);

    public Task OnThrottledAsync(TimeSpan duration)
    {
        Throttled?.Invoke(duration);
        return Task.CompletedTask;
    }

    public Task OnCircuitChangedAsync(CircuitStatus status)
    {
        CircuitHeard?.Invoke(status);
        return Task.CompletedTask;
    }
}
