using StackExchange.Redis;

namespace Prism.Cluster;

/// <summary>Knows whether Redis answers, by asking it once a second. What depends on it (readiness) then asks nobody.</summary>
internal sealed partial class RedisWatch(RedisConnection connection, TimeProvider time, ILogger<RedisWatch> logger)
    : BackgroundService, IClusterStorage
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly StorageStatus Reachable = new() { Kind = "redis", Reachable = true };
    private static readonly StorageStatus Away = new() { Kind = "redis", Reachable = false };

    public StorageStatus Status { get; private set; } = Away;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            var redis = (await connection.GetAsync().WaitAsync(stoppingToken)).GetDatabase();
            Status = Reachable;
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Turn(await AnswersAsync(redis, stoppingToken));
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

    private void Turn(bool answers)
    {
        if (answers == Status.Reachable)
        {
            return;
        }

        Status = answers ? Reachable : Away;
        if (answers)
        {
            LogBack();
        }
        else
        {
            LogAway();
        }
    }

    [LoggerMessage(LogLevel.Error, "Redis does not answer: this silo is not ready until it does")]
    private partial void LogAway();

    [LoggerMessage(LogLevel.Information, "Redis answers again: this silo is ready")]
    private partial void LogBack();
}
