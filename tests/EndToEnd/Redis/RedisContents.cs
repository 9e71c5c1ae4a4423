using Prism.Tests.Processes;
using StackExchange.Redis;

namespace Prism.Tests.Redis;

/// <summary>All that a cluster has stored.</summary>
internal static class RedisContents
{
    /// <summary>Every key of the cluster with what it holds.</summary>
    public static async Task<string> ReadAsync(PrismCluster cluster)
    {
        await using var redis = await ConnectAsync(cluster);
        var (database, text) = (redis.GetDatabase(), new StringWriter());
        await foreach (var key in redis.GetServers()[0].KeysAsync(pattern: cluster.Id + "/*"))
        {
            await text.WriteLineAsync(key.ToString());
            var values = await database.KeyTypeAsync(key) switch
            {
                RedisType.String => [$"{await database.StringGetAsync(key)}"],
                RedisType.Hash => (await database.HashGetAllAsync(key)).Select(entry => $"{entry.Name} {entry.Value}"),
                RedisType.SortedSet => (await database.SortedSetRangeByRankAsync(key)).Select(member => member.ToString()),
                var type => throw new NotSupportedException($"{key} is a {type}."),
            };
            await text.WriteLineAsync(string.Join('\n', values));
        }

        return text.ToString();
    }

    /// <summary>Takes all of it away.</summary>
    public static async Task RemoveAsync(PrismCluster cluster)
    {
        await using var redis = await ConnectAsync(cluster);
        await foreach (var key in redis.GetServers()[0].KeysAsync(pattern: cluster.Id + "/*"))
        {
            await redis.GetDatabase().KeyDeleteAsync(key);
        }
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(PrismCluster cluster)
    {
        var url = new Uri(cluster.Redis.Url);
        var options = new ConfigurationOptions { EndPoints = { { url.Host, url.Port } } };
        if (url.UserInfo.Split(':', 2) is [var user, var password])
        {
            options.User = user.Length > 0 ? Uri.UnescapeDataString(user) : null;
            options.Password = Uri.UnescapeDataString(password);
        }

        return await ConnectionMultiplexer.ConnectAsync(options);
    }
}
