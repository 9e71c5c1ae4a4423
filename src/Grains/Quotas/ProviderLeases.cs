using System.Collections.Frozen;
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
    private readonly FrozenDictionary<string, (LocalQuota Holder, ProviderLeaseSource Source)> _leases;
    private readonly SiloDrain _drain;
    private readonly ILogger<ProviderLeases> _logger;

    public ProviderLeases(
        ProviderRegistry providers,
        IGrainFactory grains,
        ILocalSiloDetails self,
        LimitTelemetry telemetry,
        SiloDrain drain,
        TimeProvider time,
        ILogger<ProviderLeases> logger)
    {
        (_drain, _logger) = (drain, logger);
        _leases = providers.All.ToFrozenDictionary(
            provider => provider.Options.Name,
            provider =>
            {
                var options = provider.Options;
                var source = new ProviderLeaseSource(grains, options.Name);
                var holder = new LocalQuota(
                    self.SiloAddress.ToParsableString(),
                    LimitSet.Of(options),
                    options.QueueTimeout,
                    source,
                    time,
                    telemetry.Of(options.Name),
                    logger,
                    TaskScheduler.Default);
                source.HeldBack = holder.Throttle;
                return (holder, source);
            });
    }

    /// <summary>The leases of a provider.</summary>
    public LocalQuota Of(string provider) => _leases[provider].Holder;

    /// <summary>A provider's grain.</summary>
    public ProviderLeaseSource SourceOf(string provider) => _leases[provider].Source;

    /// <summary>The provider answered 429 and named a time. Holds this silo back at once, and the cluster as soon as its ledger knows.</summary>
    public void OnThrottled(string provider, TimeSpan retryAfter)
    {
        var (holder, source) = _leases[provider];
        holder.Throttle(retryAfter);
        // Not awaited: the request that was told has to go on, to its error or to another provider.
        _ = ReportAsync(source, provider, retryAfter);
    }

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        nameof(ProviderLeases), ServiceLifecycleStage.Active, _ => Task.CompletedTask, ReturnAllAsync);

    public async ValueTask DisposeAsync()
    {
        foreach (var (holder, _) in _leases.Values)
        {
            await holder.DisposeAsync();
        }
    }

    private async Task ReturnAllAsync(CancellationToken cancellationToken)
    {
        // What is still under way holds some of them, and is not done with it.
        await _drain.WhenDrainedAsync(cancellationToken);
        if (!await _leases.Values.Select(lease => lease.Holder).ReturnAllAsync(cancellationToken))
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

    [LoggerMessage(LogLevel.Warning, "The cluster could not be told that provider {Provider} is rate limiting")]
    private partial void LogNotReported(Exception exception, string provider);
}
