using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Prism.Grains.Background;
using Prism.Grains.Breakers;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Providers;
using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Settings;
using Prism.Providers;

namespace Prism.Grains.Quotas;

/// <summary>The ledger of one provider, and its circuit.</summary>
[HashBasedPlacement]
internal sealed partial class ProviderGrain : Grain, IProviderGrain
{
    // An observer of a dead silo expires after this time. Each ask renews its own.
    private static readonly TimeSpan ObserverLife = TimeSpan.FromMinutes(2);

    // The longest throttle that a provider can ask for: a wrong value must not block it for ever.
    private static readonly TimeSpan LongestThrottle = TimeSpan.FromHours(1);

    // In addition to a probe's own timeouts, for its messages.
    private static readonly TimeSpan ProbeGrace = TimeSpan.FromSeconds(5);

    private readonly Dictionary<ILeaseObserver, long> _observers = [];
    private readonly ClusterCircuit _circuit;
    private readonly BreakerTelemetry _telemetry;
    private readonly LedgerHost _ledger;
    private readonly TimeProvider _time;
    private readonly ILogger<ProviderGrain> _logger;

    public ProviderGrain(
        [PersistentState(StorageNames.LedgerState, StorageNames.Ledgers)] IPersistentState<LedgerState> storage,
        IProviderSource providers,
        ILedgerCluster cluster,
        ISettings<BreakerOptions> settings,
        BreakerTelemetry telemetry,
        TimeProvider time,
        ILogger<ProviderGrain> logger)
    {
        _ledger = new(storage, () => LimitsOf(providers), cluster, time, logger);
        _circuit = new(settings.Current, ProbeLifeOf(providers), time);
        _telemetry = telemetry;
        _time = time;
        _logger = logger;
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _ledger.Start();
        return Task.CompletedTask;
    }

    public async Task<LeaseAnswer> AskAsync(LeaseAsk ask, ILeaseObserver? observer)
    {
        Remember(observer);
        var answer = await _ledger.AskAsync(ask);
        return _circuit.GetStatus() is { Version: > 0 } circuit ? answer with { Circuit = circuit } : answer;
    }

    public async Task ReportThrottledAsync(TimeSpan retryAfter, ILeaseObserver? observer)
    {
        Remember(observer);
        var duration = retryAfter < LongestThrottle ? retryAfter : LongestThrottle;
        LogThrottled(this.GetPrimaryKeyString(), duration);
        await _ledger.ThrottleAsync(duration);
        foreach (var known in _observers.Keys.ToArray())
        {
            await ReportAsync(() => known.OnThrottledAsync(duration));
        }
    }

    public async Task<CircuitStatus> ReportCircuitAsync(CircuitNews news, ILeaseObserver? observer)
    {
        Remember(observer);
        var (status, hasChanged) = _circuit.Report(news);
        if (hasChanged)
        {
            LogCircuit(status, news.Failure);
            foreach (var known in _observers.Keys.ToArray())
            {
                await ReportAsync(() => known.OnCircuitChangedAsync(status with { MayProbe = false }));
            }
        }

        return status;
    }

    public async Task<CircuitStatus> LiftHoldsAsync()
    {
        await _ledger.LiftThrottleAsync();
        var circuit = _circuit.Reset();
        LogLifted(this.GetPrimaryKeyString());
        return circuit;
    }

    public Task<LedgerStatus> GetStatusAsync() => Task.FromResult(_ledger.GetStatus());

    // A silo that cannot be reached must not delay the others.
    private Task ReportAsync(Func<Task> tell) => BackgroundCall.GuardAsync(tell, "Notifying a silo of a provider", _logger);

    private TimeSpan ProbeLifeOf(IProviderSource providers)
    {
        var options = providers.Current.Find(this.GetPrimaryKeyString())?.Options ?? new();
        return options.ConnectTimeout + options.Timeout + ProbeGrace;
    }

    private void LogCircuit(CircuitStatus status, ChatErrorKind? failure)
    {
        var provider = this.GetPrimaryKeyString();
        _telemetry.OnTransition(provider, status.State);
        switch (status.State)
        {
            case CircuitState.Open:
                LogOpened(provider, status.OpenFor, failure?.ToWord());
                break;
            case CircuitState.HalfOpen:
                LogHalfOpen(provider);
                break;
            default:
                LogClosed(provider);
                break;
        }
    }

    private LimitSet LimitsOf(IProviderSource providers) =>
        providers.Current.Find(this.GetPrimaryKeyString()) is { } provider ? LimitSet.Of(provider.Options) : LimitSet.None;

    private void Remember(ILeaseObserver? observer)
    {
        if (observer is null)
        {
            return;
        }

        _observers[observer] = _time.GetTimestamp();
        foreach (var (silent, heard) in _observers)
        {
            if (_time.GetElapsedTime(heard) > ObserverLife)
            {
                _observers.Remove(silent);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Provider {Provider} keeps failing ({Kind}) and is not called for {Duration}: its circuit is open")]
    private partial void LogOpened(string provider, TimeSpan duration, string? kind);

    [LoggerMessage(LogLevel.Information, "Provider {Provider} is probed: its circuit is half-open")]
    private partial void LogHalfOpen(string provider);

    [LoggerMessage(LogLevel.Information, "Provider {Provider} answers again: its circuit is closed")]
    private partial void LogClosed(string provider);

    [LoggerMessage(LogLevel.Information, "Provider {Provider} is called again: an administrator has lifted its holds")]
    private partial void LogLifted(string provider);

    [LoggerMessage(LogLevel.Warning, "Provider {Provider} is rate limiting and is not called for {Duration}")]
    private partial void LogThrottled(string provider, TimeSpan duration);
}
