using StackExchange.Redis;

namespace Prism.Tests.Redis;

/// <summary>A Redis that somebody else runs. It goes away only for the test, and keeps none of the test's keys.</summary>
internal sealed class ExternalRedis : TestRedis
{
    private readonly Uri _url;
    private readonly string _prefix;
    private readonly Forwarder _forwarder;

    public ExternalRedis(Uri url, string prefix)
    {
        (_url, _prefix) = (url, prefix);
        _forwarder = new(url.Host, url.Port);
        _forwarder.Open();
    }

    public override string Url => new UriBuilder(_url) { Host = "127.0.0.1", Port = _forwarder.Port }.Uri.ToString().TrimEnd('/');

    public override string Kind => "PRISM_TEST_REDIS";

    public override Task GoAwayAsync() => _forwarder.CloseAsync();

    public override Task ComeBackAsync()
    {
        _forwarder.Open();
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await _forwarder.DisposeAsync();
        var userInfo = _url.UserInfo.Split(':', 2);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
        {
            EndPoints = { { _url.Host, _url.Port } },
            User = userInfo.Length == 2 && userInfo[0].Length > 0 ? Uri.UnescapeDataString(userInfo[0]) : null,
            Password = userInfo[^1].Length > 0 ? Uri.UnescapeDataString(userInfo[^1]) : null,
        });
        await foreach (var key in redis.GetServers()[0].KeysAsync(pattern: _prefix + "/*"))
        {
            await redis.GetDatabase().KeyDeleteAsync(key);
        }
    }
}
