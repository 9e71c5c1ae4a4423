using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Tests.Cache;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.SharedCalls;

/// <summary>Identical requests of one silo share a call also where the cache cannot say who leads in the cluster.</summary>
public sealed class WithoutCacheTests : IAsyncLifetime
{
    private const int PerSilo = 9;

    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CacheCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await CacheCluster.StartAsync(silos: 2, options => options.AskTimeout = TimeSpan.FromSeconds(2));
        _cluster.OnEveryProvider(provider =>
        {
            provider.OnComplete = async (_, _) =>
            {
                await _go.Task;
                return Answer("ok");
            };
            provider.OnStream = (_, _) => InTwo();
        });
    }

    public async Task DisposeAsync()
    {
        _read.TrySetResult();
        _go.TrySetResult();
        await _cluster.DisposeAsync();
    }

    [Theory(Timeout = Patience.Milliseconds)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_silos_make_two_calls(bool isSlow)
    {
        if (isSlow)
        {
            _cluster.Storage.Reading = _read.Task;
        }

        _cluster.Storage.IsAway = true;
        var readings = Enumerable.Range(0, 2 * PerSilo).Select(i => new StreamReading(_cluster.Chat(i % 2).StreamAsync(Ask(), CancellationToken.None))).ToList();

        // All of them are part of a call that is under way.
        await Task.WhenAll(readings.Select(reading => reading.PieceAsync("first")));
        Assert.Equal(2, _cluster.UpstreamCalls);
        _go.SetResult();
        await Task.WhenAll(readings.Select(reading => reading.PieceAsync("second")));

        Assert.Equal(2, readings.Count(reading => reading.Route!.Cache == ChatCacheResult.Bypass));
        Assert.Equal(2 * (PerSilo - 1), readings.Count(reading => reading.Route!.Cache == ChatCacheResult.Joined));
        foreach (var reading in readings)
        {
            await reading.DisposeAsync();
        }
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_call_from_before_the_outage_is_followed_too()
    {
        await using var leader = Read();
        await leader.PieceAsync("first");
        _cluster.Storage.IsAway = true;
        await _cluster.DeactivateAsync(_cluster.Grains.GetGrain<Prism.Grains.Interfaces.Cache.ICacheGrain>(KeyOf()));

        await using var follower = Read();
        await follower.PieceAsync("first");

        Assert.Equal((1, ChatCacheResult.Joined), (_cluster.UpstreamCalls, follower.Route!.Cache));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_request_that_wants_a_fresh_answer_follows_nobody()
    {
        _cluster.Storage.IsAway = true;
        await using var leader = Read();
        await leader.PieceAsync("first");

        await using var fresh = Read(new() { NoCache = true });
        await fresh.PieceAsync("first");

        Assert.Equal(2, _cluster.UpstreamCalls);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task The_next_request_after_the_answer_makes_a_call_of_its_own()
    {
        _cluster.Storage.IsAway = true;
        _go.SetResult();

        Assert.Null((await _cluster.CompleteAsync(0)).Error);
        await _cluster.SettledAsync();
        Assert.Null((await _cluster.CompleteAsync(0)).Error);

        Assert.Equal(2, _cluster.UpstreamCalls);
    }

    private static string KeyOf() =>
        GrainKeys.Cache(0, Prism.Pipeline.Caching.PromptHash.Of("global", "vendor", Ask() with { Model = "gpt-4o" }));

    private StreamReading Read(ChatCachePolicy? policy = null) =>
        new(_cluster.Chat(0).StreamAsync(Ask() with { Cache = policy }, CancellationToken.None));

    private async IAsyncEnumerable<ChatStreamEvent> InTwo()
    {
        yield return Piece("first");
        await _go.Task;
        yield return Piece("second");
    }
}
