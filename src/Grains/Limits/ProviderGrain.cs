using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Prism.Providers;

namespace Prism.Limits;

/// <summary>The ledger of one provider.</summary>
[HashBasedPlacement]
internal sealed partial class ProviderGrain : Grain, IProviderGrain
{
    // Ears outlive their silos only by this much; each ask renews its own.
    private static readonly TimeSpan ObserverLife = TimeSpan.FromMinutes(2);

    // No provider is given up for longer on its own word: a wrong one must not be final.
    private static readonly TimeSpan LongestHoldBack = TimeSpan.FromHours(1);

    private readonly Dictionary<ILeaseObserver, long> _observers = [];
    private readonly LedgerHost _ledger;
    private readonly TimeProvider _time;
    private readonly ILogger<ProviderGrain> _logger;

    public ProviderGrain(
        [PersistentState(StorageNames.LedgerState, StorageNames.Ledgers)] IPersistentState<LedgerState> storage,
        ProviderRegistry providers,
        ILedgerCluster cluster,
        TimeProvider time,
        ILogger<ProviderGrain> logger)
    {
        _ledger = new(storage, () => LimitsOf(providers), cluster, time, logger);
        _time = time;
        _logger = logger;
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _ledger.Start();
        return Task.CompletedTask;
    }

    public Task<LeaseAnswer> AskAsync(LeaseAsk ask, ILeaseObserver? observer)
    {
        Remember(observer);
        return _ledger.AskAsync(ask);
    }

    public async Task ReportThrottledAsync(TimeSpan retryAfter, ILeaseObserver? observer)
    {
        Remember(observer);
        var duration = retryAfter < LongestHoldBack ? retryAfter : LongestHoldBack;
        LogThrottled(this.GetPrimaryKeyString(), duration);
        await _ledger.HoldBackAsync(duration);
        foreach (var ear in _observers.Keys.ToArray())
        {
            await ear.OnHeldBackAsync(duration);
        }
    }

    public Task<LedgerStatus> GetStatusAsync() => Task.FromResult(_ledger.GetStatus());

    private LimitSet LimitsOf(ProviderRegistry providers) =>
        providers.Find(this.GetPrimaryKeyString()) is { } provider ? LimitSet.Of(provider.Options) : LimitSet.None;

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

    [LoggerMessage(LogLevel.Warning, "Provider {Provider} asked to be left alone for {Duration}")]
    private partial void LogThrottled(string provider, TimeSpan duration);
}
