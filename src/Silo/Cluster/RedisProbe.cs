using Microsoft.Extensions.Options;
using Orleans.Configuration;
using StackExchange.Redis;

namespace Prism.Silo.Cluster;

/// <summary>
/// One check of Redis: a tiny write of a key that expires. A full Redis, or a replica, answers reads and rejects writes.
/// </summary>
internal sealed class RedisProbe(RedisConnection connection, IOptions<ClusterOptions> cluster, TimeProvider time) : IRedisProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    // Under the prefix of all of Prism's keys, because a Redis user may be limited to it.
    private readonly RedisKey _key = cluster.Value.ServiceId + "/probe";

    public Task WaitForConnectionAsync(CancellationToken cancellationToken) => connection.GetAsync().WaitAsync(cancellationToken);

    /// <summary>The problem; null if there is none. It never throws.</summary>
    public async Task<RedisFault?> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var redis = await connection.GetAsync().WaitAsync(cancellationToken);
            await redis.GetDatabase().StringSetAsync(_key, 1, Life).WaitAsync(Patience, time, cancellationToken);
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return RedisFault.Of(exception);
        }
    }
}
