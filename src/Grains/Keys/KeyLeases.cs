using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Prism.Grains.Background;
using Prism.Grains.Cluster;
using Prism.Grains.Quotas;

namespace Prism.Grains.Keys;

/// <summary>
/// This silo's leases of the limits of API keys: opened when a key is used, closed some time after it was used last, and opened anew when its limits
/// change. They are returned when the silo begins to stop, while it still can call grains.
/// </summary>
internal sealed partial class KeyLeases : ILifecycleParticipant<ISiloLifecycle>, IAsyncDisposable
{
    /// <summary>How long the leases of an unused key stay open.</summary>
    internal static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, KeyLease> _leases = [];
    private readonly List<(LocalQuota Quota, long Since)> _replaced = [];
    private readonly Lock _gate = new();
    private readonly IGrainFactory _grains;
    private readonly string _silo;
    private readonly LimitSeries _telemetry;
    private readonly TimeProvider _time;
    private readonly SiloDrain _drain;
    private readonly ILogger<KeyLeases> _logger;
    private readonly ITimer _sweep;
    private long _opened;

    public KeyLeases(
        IGrainFactory grains,
        ILocalSiloDetails self,
        LimitTelemetry telemetry,
        SiloDrain drain,
        TimeProvider time,
        ILogger<KeyLeases> logger)
    {
        (_grains, _silo, _telemetry, _drain, _time, _logger) = (grains, self.SiloAddress.ToParsableString(), telemetry.Keys, drain, time, logger);
        _sweep = time.CreateTimer(_ => BackgroundCall.Guard(Sweep, "Returning leases of API keys", _logger), null, SweepPeriod, SweepPeriod);
    }

    /// <summary>The number of open leases.</summary>
    internal int Count => _leases.Count;

    /// <summary>The leases of a key with these limits.</summary>
    public LocalQuota Of(string id, LimitSet limits)
    {
        if (!_leases.TryGetValue(id, out var lease) || lease.Quota.Limits != limits)
        {
            lease = Open(id, limits);
        }

        lease.UsedAt = _time.GetTimestamp();
        return lease.Quota;
    }

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        nameof(KeyLeases), ServiceLifecycleStage.Active, _ => Task.CompletedTask, ReturnAllAsync);

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        foreach (var quota in FindAll())
        {
            await quota.DisposeAsync();
        }
    }

    private List<LocalQuota> FindAll()
    {
        lock (_gate)
        {
            return [.. _leases.Values.Select(lease => lease.Quota), .. _replaced.Select(one => one.Quota)];
        }
    }

    private KeyLease Open(string id, LimitSet limits)
    {
        lock (_gate)
        {
            if (_leases.TryGetValue(id, out var other))
            {
                if (other.Quota.Limits == limits)
                {
                    return other;
                }

                // Calls in progress settle with it, and it is closed after that.
                _replaced.Add((other.Quota, _time.GetTimestamp()));
            }

            return _leases[id] = new(new(
                // A name of its own: the ledger numbers the asks of each silo.
                string.Create(CultureInfo.InvariantCulture, $"{_silo}#{++_opened}"),
                limits,
                TimeSpan.Zero,
                new KeyLeaseSource(_grains, id),
                _time,
                _telemetry,
                _logger,
                TaskScheduler.Default));
        }
    }

    private void Sweep()
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            // A request may be about to reserve from one: so none is closed at once.
            var closing = _replaced.FindAll(one => _time.GetElapsedTime(one.Since, now) >= SweepPeriod && one.Quota.OpenReservations == 0);
            foreach (var one in closing)
            {
                _replaced.Remove(one);
                _ = BackgroundCall.GuardAsync(() => CloseAsync(one.Quota), "Returning leases of an API key", _logger);
            }

            foreach (var (id, lease) in _leases)
            {
                if (_time.GetElapsedTime(lease.UsedAt, now) >= IdleTime)
                {
                    _leases.TryRemove(id, out _);
                    _replaced.Add((lease.Quota, now));
                }
            }
        }
    }

    private static async Task CloseAsync(LocalQuota quota)
    {
        await LeaseReturn.ReturnAllAsync([quota], CancellationToken.None);
        await quota.DisposeAsync();
    }

    private async Task ReturnAllAsync(CancellationToken cancellationToken)
    {
        // Calls in progress still hold some leases.
        await _drain.WhenDrainedAsync(cancellationToken);
        if (!await FindAll().ReturnAllAsync(cancellationToken))
        {
            LogNotReturned();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Not all leases of API keys could be returned in time")]
    private partial void LogNotReturned();

    private sealed class KeyLease(LocalQuota quota)
    {
        private long _usedAt;

        public LocalQuota Quota => quota;

        public long UsedAt { get => Volatile.Read(ref _usedAt); set => Volatile.Write(ref _usedAt, value); }
    }
}
