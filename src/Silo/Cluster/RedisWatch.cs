using StackExchange.Redis;

namespace Prism.Cluster;

/// <summary>
/// Knows whether Redis answers, by asking it once a second. What depends on it (readiness) then asks nobody. A process that has stood still
/// for long does not know what has become of its silo meanwhile, and counts as one that cannot reach Redis until it has looked again.
/// </summary>
internal sealed partial class RedisWatch(
    RedisConnection connection, IClusterMembershipService membership, TimeProvider time, ILogger<RedisWatch> logger)
    : BackgroundService, IClusterStorage
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestStandstill = TimeSpan.FromSeconds(5);
    private static readonly StorageStatus Reachable = new() { Kind = "redis", Reachable = true };
    private static readonly StorageStatus Away = new() { Kind = "redis", Reachable = false };

    private long _lookedAt = time.GetTimestamp();
    private bool _answers;
    private bool _isOutOfDate;

    // Also before the first look after a standstill.
    public StorageStatus Status =>
        Volatile.Read(ref _answers) && time.GetElapsedTime(Volatile.Read(ref _lookedAt)) < LongestStandstill ? Reachable : Away;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            var redis = (await connection.GetAsync().WaitAsync(stoppingToken)).GetDatabase();
            (_lookedAt, _answers) = (time.GetTimestamp(), true);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                NoticeStandstill();
                Volatile.Write(ref _lookedAt, time.GetTimestamp());
                Turn(await AnswersAsync(redis, stoppingToken) && await IsUpToDateAsync(stoppingToken));
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops; or it does so while it still waits for Redis.
        }
    }

    private async Task<bool> AnswersAsync(IDatabase redis, CancellationToken cancellationToken)
    {
        try
        {
            await redis.PingAsync().WaitAsync(Patience, time, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return false;
        }
    }

    private void NoticeStandstill()
    {
        var gap = time.GetElapsedTime(_lookedAt);
        if (gap >= LongestStandstill)
        {
            _isOutOfDate = true;
            Turn(answers: false);
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

    private void Turn(bool answers)
    {
        if (answers == _answers)
        {
            return;
        }

        Volatile.Write(ref _answers, answers);
        if (answers)
        {
            LogBack();
        }
        else
        {
            LogAway();
        }
    }

    [LoggerMessage(LogLevel.Warning, "This process has stood still for {Gap}")]
    private partial void LogStoodStill(TimeSpan gap);

    [LoggerMessage(LogLevel.Warning, "Who is in the cluster could not be read")]
    private partial void LogOutOfDate(Exception exception);

    [LoggerMessage(LogLevel.Error, "Redis does not answer: this silo is not ready until it does")]
    private partial void LogAway();

    [LoggerMessage(LogLevel.Information, "Redis answers again: this silo is ready")]
    private partial void LogBack();
}
