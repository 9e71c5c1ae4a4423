namespace Prism.Tests.Redis;

/// <summary>
/// A Redis for a test: the one that <c>PRISM_TEST_REDIS</c> names (a URL, or <c>garnet</c>), else a <c>redis-server</c> of its own where that is on the PATH, else
/// Garnet in this process. So the tests need no installation, and are the same on all three.
/// </summary>
internal abstract class TestRedis : IAsyncDisposable
{
    /// <summary>For <c>LLM_REDIS_URL</c>.</summary>
    public abstract string Url { get; }

    /// <summary>Which of the three it is.</summary>
    public abstract string Kind { get; }

    /// <param name="logs">The directory for logs and files.</param>
    /// <param name="prefix">What all the test's keys begin with.</param>
    public static async Task<TestRedis> StartAsync(string logs, string prefix)
    {
        var redis = await ChooseAsync(logs, prefix);
        Console.WriteLine($"Redis of {prefix}: {redis.Kind}");
        return redis;
    }

    /// <summary>Has it gone from one moment to the next, for all who use it.</summary>
    public abstract Task GoAwayAsync();

    /// <summary>Has it come back at the same address, with all that it had acknowledged.</summary>
    public abstract Task ComeBackAsync();

    public abstract ValueTask DisposeAsync();

    private static async Task<TestRedis> ChooseAsync(string logs, string prefix) => Environment.GetEnvironmentVariable("PRISM_TEST_REDIS") switch
    {
        "garnet" => new EmbeddedGarnet(),
        { Length: > 0 } url => new ExternalRedis(new Uri(url), prefix),
        _ => RedisServerProcess.IsInstalled ? await RedisServerProcess.RunAsync(logs, prefix) : new EmbeddedGarnet(),
    };
}
