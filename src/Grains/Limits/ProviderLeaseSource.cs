using Prism.Providers;

namespace Prism.Limits;

/// <summary>A provider's grain as the ledger of its leases, and this silo's ear for it.</summary>
internal sealed class ProviderLeaseSource(IGrainFactory grains, string provider) : ILeaseSource, ILeaseObserver
{
    private readonly IProviderGrain _grain = grains.GetGrain<IProviderGrain>(GrainKeys.Provider(provider));
    private ILeaseObserver? _reference;

    /// <summary>Called when the provider wants to be left alone.</summary>
    public Action<TimeSpan>? HeldBack { get; set; }

    // Made when first needed: not before the silo runs. Orleans holds observers weakly; the leases hold this one.
    private ILeaseObserver Reference => _reference ??= grains.CreateObjectReference<ILeaseObserver>(this);

    public Task<LeaseAnswer> AskAsync(LeaseAsk ask) => _grain.AskAsync(ask, Reference);

    public Task ReportThrottledAsync(TimeSpan retryAfter) => _grain.ReportThrottledAsync(retryAfter, Reference);

    public Task OnHeldBackAsync(TimeSpan duration)
    {
        HeldBack?.Invoke(duration);
        return Task.CompletedTask;
    }
}
