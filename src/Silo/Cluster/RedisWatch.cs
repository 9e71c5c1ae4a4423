namespace Prism.Cluster;

/// <summary>
/// Knows whether Redis can be used, by a look once a second. What depends on it (readiness) then asks nobody. A process that has stood still
/// for long does not know what has become of its silo meanwhile, and counts as one that cannot reach Redis until it has looked again.
/// </summary>
internal sealed partial class RedisWatch(
    RedisConnection connection, RedisProbe probe, IClusterMembershipService membership, TimeProvider time, ILogger<RedisWatch> logger)
    : BackgroundService, IClusterStorage
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Reminder = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(5);
    private static readonly StorageStatus Usable = new() { Kind = "redis", Reachable = true };
    private static readonly StorageStatus Away = StatusOf(StorageProblems.Unreachable);
    private static readonly RedisFault OutOfDate = new(StorageProblems.Unreachable, "this process has stood still");

    private long _lookedAt = time.GetTimestamp();
    private StorageStatus _status = Away;
    private long _saidAt;
    private bool _isOutOfDate;

    // Also before the first look after a standstill.
    public StorageStatus Status =>
        time.GetElapsedTime(Volatile.Read(ref _lookedAt)) < LongestStandstill ? Volatile.Read(ref _status) : Away;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            await connection.GetAsync().WaitAsync(stoppingToken);
            (_lookedAt, _status) = (time.GetTimestamp(), Usable);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                NoticeStandstill();
                Volatile.Write(ref _lookedAt, time.GetTimestamp());
                var fault = await probe.LookAsync(stoppingToken);
                Turn(fault is null && !await IsUpToDateAsync(stoppingToken) ? OutOfDate : fault);
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops; or it does so while it still waits for Redis.
        }
    }

    private void NoticeStandstill()
    {
        var gap = time.GetElapsedTime(_lookedAt);
        if (gap >= LongestStandstill)
        {
            _isOutOfDate = true;
            Turn(OutOfDate);
            LogStoodStill(gap);
        }
    }

    // Reads who is in the cluster after a standstill. Where the others hold this silo for dead, that is its end.
    private async Task<bool> IsUpToDateAsync(CancellationToken cancellationToken)
    {
        if (!_isOutOfDate)
        {
            return true;
        }

        try
        {
            await membership.Refresh(cancellationToken: cancellationToken).AsTask().WaitAsync(Patience, time, cancellationToken);
            _isOutOfDate = false;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is, the next look tries again: this service must not end the process.
            LogOutOfDate(exception);
        }

        return !_isOutOfDate;
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
            _saidAt = time.GetTimestamp();
            LogUnusable(found.Problem, found.Reason);
        }
        else
        {
            LogBack();
        }
    }

    private void Remind(RedisFault? fault)
    {
        if (fault is { } found && time.GetElapsedTime(_saidAt) >= Reminder)
        {
            _saidAt = time.GetTimestamp();
            LogUnusable(found.Problem, found.Reason);
        }
    }

    private static StorageStatus StatusOf(string problem) =>
        new() { Kind = "redis", Reachable = problem != StorageProblems.Unreachable, Problem = problem };

    [LoggerMessage(LogLevel.Warning, "This process has stood still for {Gap}")]
    private partial void LogStoodStill(TimeSpan gap);

    [LoggerMessage(LogLevel.Warning, "Who is in the cluster could not be read")]
    private partial void LogOutOfDate(Exception exception);

    [LoggerMessage(LogLevel.Error, "Redis cannot be used: {Problem:l} ({Reason:l}). This silo is not ready until it can")]
    private partial void LogUnusable(string problem, string reason);

    [LoggerMessage(LogLevel.Information, "Redis can be used again: this silo is ready")]
    private partial void LogBack();
}
