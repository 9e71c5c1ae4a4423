using Prism.Grains.Background;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Silo.Cluster;

/// <summary>
/// Knows whether Redis can be used, by a check once a second. Readiness then needs no call. A process that was frozen does not know the state of its
/// silo, and counts as one without Redis until the next check.
/// </summary>
internal sealed partial class RedisWatch : IHostedService, IClusterStorage, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Reminder = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(5);
    private static readonly StorageStatus Usable = new() { Kind = "redis", Reachable = true };
    private static readonly StorageStatus Away = StatusOf(StorageProblems.Unreachable);
    private static readonly RedisFault OutOfDate = new(StorageProblems.Unreachable, "this process was frozen");

    private readonly CancellationTokenSource _stop = new();
    private readonly SurvivingLoop _loop;
    private readonly IRedisProbe _probe;
    private readonly IClusterMembershipService _membership;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisWatch> _logger;
    private Task _watching = Task.CompletedTask;
    private long _lookedAt;
    private StorageStatus _status = Away;
    private long _saidAt;
    private bool _isConnected;
    private bool _isOutOfDate;

    public RedisWatch(IRedisProbe probe, IClusterMembershipService membership, TimeProvider time, ILogger<RedisWatch> logger)
    {
        (_probe, _membership, _time, _logger) = (probe, membership, time, logger);
        _lookedAt = time.GetTimestamp();
        _loop = new("Watching Redis", Interval, LookAsync, time, logger);
    }

    // Also before the first check after a freeze.
    public StorageStatus Status =>
        _time.GetElapsedTime(Volatile.Read(ref _lookedAt)) < LongestStandstill ? Volatile.Read(ref _status) : Away;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _watching = _loop.RunInBackground(_stop.Token);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _watching.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stop.Dispose();

    private async Task LookAsync(CancellationToken stop)
    {
        if (!_isConnected)
        {
            await _probe.WaitForConnectionAsync(stop);
            (_lookedAt, _status, _isConnected) = (_time.GetTimestamp(), Usable, true);
        }

        NoticeStandstill();
        Volatile.Write(ref _lookedAt, _time.GetTimestamp());
        var fault = await FindFaultAsync(stop);
        if (fault is null)
        {
            await CatchUpAsync(stop);
        }

        Turn(fault);
    }

    private async Task<RedisFault?> FindFaultAsync(CancellationToken stop)
    {
        try
        {
            return await _probe.LookAsync(stop);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            // Any exception, including a cancellation that is not this service's.
            return RedisFault.Of(exception);
        }
    }

    private void NoticeStandstill()
    {
        var gap = _time.GetElapsedTime(_lookedAt);
        if (gap >= LongestStandstill)
        {
            _isOutOfDate = true;
            Turn(OutOfDate);
            LogStoodStill(gap);
        }
    }

    // Reads the membership table after a freeze. If the cluster has declared this silo dead, the silo exits.
    private async Task CatchUpAsync(CancellationToken stop)
    {
        if (_isOutOfDate)
        {
            await _membership.Refresh(cancellationToken: stop).AsTask().WaitAsync(Patience, _time, stop);
            _isOutOfDate = false;
        }
    }

    private void Turn(RedisFault? fault)
    {
        if (fault?.Problem == _status.Problem)
        {
            Remind(fault);
            return;
        }

        Volatile.Write(ref _status, fault is { } one ? StatusOf(one.Problem) : Usable);
        if (fault is { } found)
        {
            _saidAt = _time.GetTimestamp();
            LogUnusable(found.Problem, found.Reason);
        }
        else
        {
            LogBack();
        }
    }

    private void Remind(RedisFault? fault)
    {
        if (fault is { } found && _time.GetElapsedTime(_saidAt) >= Reminder)
        {
            _saidAt = _time.GetTimestamp();
            LogUnusable(found.Problem, found.Reason);
        }
    }

    private static StorageStatus StatusOf(string problem) =>
        new() { Kind = "redis", Reachable = problem != StorageProblems.Unreachable, Problem = problem };

    [LoggerMessage(LogLevel.Warning, "This process was frozen for {Gap}")]
    private partial void LogStoodStill(TimeSpan gap);

    [LoggerMessage(LogLevel.Error, "Redis cannot be used: {Problem:l} ({Reason:l}). This silo is not ready until then")]
    private partial void LogUnusable(string problem, string reason);

    [LoggerMessage(LogLevel.Information, "Redis can be used again: this silo is ready")]
    private partial void LogBack();
}
