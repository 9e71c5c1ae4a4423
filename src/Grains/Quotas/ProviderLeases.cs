using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Prism.Grains.Cluster;
using Prism.Providers;

namespace Prism.Grains.Quotas;

/// <summary>
/// This silo's leases of all providers. They are returned when the silo begins to stop, while it still can call grains: that is why it is a
/// participant of the silo's lifecycle.
/// </summary>
internal sealed partial class ProviderLeases : ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    // By name: a provider keeps its leases when its configuration changes.
    private readonly ConcurrentDictionary<string, (LocalQuota Quota, ProviderLeaseSource Source)> _leases = new(StringComparer.Ordinal);
    private readonly Lock _opening = new();
    private readonly IProviderSource _providers;
    private readonly IGrainFactory _grains;
    private readonly string _silo;
    private readonly LimitTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly SiloDrain _drain;
    private readonly ILogger<ProviderLeases> _logger;

    public ProviderLeases(
        IProviderSource providers,
        IGrainFactory grains,
        ILocalSiloDetails self,
        LimitTelemetry telemetry,
        SiloDrain drain,
        TimeProvider time,
        ILogger<ProviderLeases> logger)
    {
        (_providers, _grains, _silo, _telemetry, _drain, _time, _logger) =
            (providers, grains, self.SiloAddress.ToParsableString(), telemetry, drain, time, logger);
        foreach (var provider in providers.Current.All)
        {
            Find(provider.Options.Name);
        }
    }

    /// <summary>The leases of a provider.</summary>
    public LocalQuota Of(string provider) => Find(provider).Quota;

    /// <summary>A provider's grain.</summary>
    public ProviderLeaseSource SourceOf(string provider) => Find(provider).Source;

    /// <summary>The provider answered 429 with a time. Throttles this silo at once, and the cluster as soon as its ledger knows.</summary>
    public void OnThrottled(string provider, TimeSpan retryAfter)
    {
        var (quota, source) = Find(provider);
        quota.Throttle(retryAfter);
        // Not awaited: the request must continue, to its error or to another provider.
        _ = ReportAsync(source, provider, retryAfter);
    }

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        nameof(ProviderLeases), ServiceLifecycleStage.Active, _ => Task.CompletedTask, ReturnAllAsync);

    public async ValueTask DisposeAsync()
    {
        foreach (var (quota, _) in _leases.Values)
        {
            await quota.DisposeAsync();
        }
    }

    private (LocalQuota Quota, ProviderLeaseSource Source) Find(string provider)
    {
        if (_leases.TryGetValue(provider, out var leases))
        {
            return leases;
        }

        lock (_opening)
        {
            return _leases.GetOrAdd(provider, Open);
        }
    }

    private (LocalQuota Quota, ProviderLeaseSource Source) Open(string provider)
    {
        var options = _providers.Current.Find(provider)?.Options ?? throw new InvalidOperationException($"There is no provider '{provider}'.");
        var source = new ProviderLeaseSource(_grains, provider);
        var quota = new LocalQuota(
            _silo, LimitSet.Of(options), options.QueueTimeout, source, _time, _telemetry.Of(provider), _logger, TaskScheduler.Default);
        source.Throttled = quota.Throttle;
        return (quota, source);
    }

    private async Task ReturnAllAsync(CancellationToken cancellationToken)
    {
        // Requests in progress still hold some leases.
        await _drain.WhenDrainedAsync(cancellationToken);
        if (!await _leases.Values.Select(lease => lease.Quota).ReturnAllAsync(cancellationToken))
        {
            LogNotReturned();
        }
    }

    private async Task ReportAsync(ProviderLeaseSource source, string provider, TimeSpan retryAfter)
    {
        try
        {
            await source.ReportThrottledAsync(retryAfter);
        }
        catch (Exception exception)
        {
            LogNotReported(exception, provider);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Not all leases could be returned in time")]
    private partial void LogNotReturned();

    [LoggerMessage(LogLevel.Warning, "The rate limiting of provider {Provider} could not be reported to the cluster")]
    private partial void LogNotReported(Exception exception, string provider);
}
