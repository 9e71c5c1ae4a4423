using StackExchange.Redis;

namespace Prism.Silo.Cluster;

/// <summary>
/// The one connection to Redis, which clustering, storage and reminders share. The start waits for Redis without an end: a silo that exits would only
/// be restarted, with the same result.
/// </summary>
internal sealed partial class RedisConnection : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // The interval in which the start logs again that it waits.
    private static readonly TimeSpan Reminder = TimeSpan.FromMinutes(1);

    private readonly RedisUrl _url;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisConnection> _logger;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lazy<Task<IConnectionMultiplexer>> _connecting;

    public RedisConnection(RedisUrl url, TimeProvider time, ILogger<RedisConnection> logger)
    {
        (_url, _time, _logger) = (url, time, logger);
        _connecting = new(ConnectAsync);
    }

    /// <summary>The connection, once it is established.</summary>
    /// <exception cref="OperationCanceledException">The host was disposed of before.</exception>
    public Task<IConnectionMultiplexer> GetAsync() => _connecting.Value;

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        _disposed.Dispose();
        if (_connecting.IsValueCreated && _connecting.Value.IsCompletedSuccessfully)
        {
            await (await _connecting.Value).DisposeAsync();
        }
    }

    private async Task<IConnectionMultiplexer> ConnectAsync()
    {
        var disposed = _disposed.Token;
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(_url.ToClientOptions());
        try
        {
            await WaitAsync(multiplexer.GetDatabase(), disposed);
            return multiplexer;
        }
        catch
        {
            await multiplexer.DisposeAsync();
            throw;
        }
    }

    // The client reconnects by itself, with a backoff, and resolves the address again. A ping waits for a while.
    private async Task WaitAsync(IDatabase redis, CancellationToken cancellationToken)
    {
        long? said = null;
        while (await FindObstacleAsync(redis, cancellationToken) is { } obstacle)
        {
            if (said is not { } before || _time.GetElapsedTime(before) >= Reminder)
            {
                said = _time.GetTimestamp();
                LogAway(_url, obstacle);
            }

            await Task.Delay(Pause, _time, cancellationToken);
        }

        if (said is not null)
        {
            LogThere(_url);
        }
    }

    private static async Task<string?> FindObstacleAsync(IDatabase redis, CancellationToken cancellationToken)
    {
        try
        {
            await redis.PingAsync().WaitAsync(cancellationToken);
            return null;
        }
        catch (RedisConnectionException exception)
        {
            return exception.FailureType switch
            {
                ConnectionFailureType.AuthenticationFailure => "it rejects the user or the password",
                ConnectionFailureType.UnableToResolvePhysicalConnection => "its name does not resolve",
                _ => "no connection",
            };
        }
        catch (RedisTimeoutException)
        {
            return "no answer";
        }
        catch (RedisServerException exception)
        {
            return exception.Message;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Other exceptions of the client, including a cancellation that is not this service's. Giving up here would be final.
            return exception.GetType().Name;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Redis at {Redis:l} cannot be reached yet ({Reason:l}). This silo waits for it and is not ready. LLM_REDIS_URL sets the address")]
    private partial void LogAway(RedisUrl redis, string reason);

    [LoggerMessage(LogLevel.Information, "Connected to Redis at {Redis:l}")]
    private partial void LogThere(RedisUrl redis);
}
