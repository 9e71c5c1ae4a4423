using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Cache;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Settings;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Cache;

/// <summary>How much the cache keeps, and for how long at most.</summary>
public sealed class CacheBoundsTests
{
    private readonly FakeTimeProvider _time = new(new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Of_many_answers_the_newest_stay_in_memory_and_in_the_storage()
    {
        await using var cluster = await StartAsync(options => options.MaxEntries = 3);
        for (var i = 0; i < 20; i++)
        {
            await cluster.CompleteAsync(0, Ask($"prompt {i}"));
            await cluster.SettledAsync();
        }

        Assert.Equal(3, cluster.Storage.Count("entry"));
        Assert.Equal(3, await cluster.MetricAsync(0, "llm_cache_entries"));
        Assert.Equal(ChatCacheResult.Hit, (await cluster.CompleteAsync(0, Ask("prompt 19"))).Route!.Cache);
        Assert.Equal(ChatCacheResult.Miss, (await cluster.CompleteAsync(0, Ask("prompt 0"))).Route!.Cache);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task One_that_fills_the_cache_pushes_out_its_own()
    {
        await using var cluster = await StartAsync(options => options.MaxEntries = 4);
        await cluster.CompleteAsync(0, Ask("mine") with { Owner = "key_1" });
        await cluster.SettledAsync();
        for (var i = 0; i < 20; i++)
        {
            await cluster.CompleteAsync(0, Ask($"prompt {i}") with { Owner = "key_2" });
            await cluster.SettledAsync();
        }

        Assert.Equal(ChatCacheResult.Hit, (await cluster.CompleteAsync(0, Ask("mine") with { Owner = "key_1" })).Route!.Cache);
        Assert.Equal(4, cluster.Storage.Count("entry"));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_request_does_not_have_its_answer_kept_for_longer_than_is_allowed()
    {
        await using var cluster = await StartAsync(options => options.MaxTtl = TimeSpan.FromHours(2));
        var request = Ask() with { Cache = new() { Ttl = TimeSpan.FromDays(300) } };
        await cluster.CompleteAsync(0, request);
        await cluster.SettledAsync();

        _time.Advance(TimeSpan.FromHours(2) - TimeSpan.FromTicks(1));
        Assert.Equal(ChatCacheResult.Hit, (await cluster.CompleteAsync(0, request)).Route!.Cache);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(ChatCacheResult.Miss, (await cluster.CompleteAsync(0, request)).Route!.Cache);
    }

    [Theory(Timeout = Patience.Milliseconds)]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    public async Task An_answer_that_is_still_being_stored_is_a_hit(bool streamed, int silo)
    {
        await using var cluster = await StartAsync(silos: 2);
        var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Storage.Writes = stored.Task;
        Assert.Equal(ChatCacheResult.Miss, await AskAsync(0));

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(ChatCacheResult.Hit, await AskAsync(silo));
        }

        Assert.Equal(1, cluster.UpstreamCalls);
        Assert.Equal(0, cluster.Storage.Count("entry"));
        stored.SetResult();
        await cluster.SettledAsync();

        async Task<ChatCacheResult> AskAsync(int at) => streamed
            ? (await cluster.StreamAsync(at))[0].Started!.Cache
            : (await cluster.CompleteAsync(at)).Route!.Cache;
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_failure_that_is_still_being_settled_is_nobody_elses()
    {
        await using var cluster = await StartAsync();
        cluster.OnEveryProvider(provider => provider.OnComplete = (_, _) =>
            Task.FromResult<ProviderResult>(Failure(ChatErrorKind.UpstreamInvalidResponse)));
        for (var i = 1; i <= 3; i++)
        {
            Assert.NotNull((await cluster.CompleteAsync(0)).Error);
            Assert.Equal(i, cluster.UpstreamCalls);
        }
    }

    [Fact]
    public void Bounds_of_bytes_hold_for_each_owner_and_for_all()
    {
        var answers = new StoredAnswers(
            new StartSettings<CacheOptions>(Options.Create(new CacheOptions { TotalBytes = 100 * 1024, OwnerBytes = 60 * 1024 })), _time);
        var kept = new List<StoredAnswer>();
        for (var i = 0; i < 1_000; i++)
        {
            var answer = new StoredAnswer($"{i}", $"owner {i % 3}", 7_000, _time.GetUtcNow(), _time.GetUtcNow().AddHours(1));
            kept.Add(answer);
            foreach (var evicted in answers.Add(answer))
            {
                Assert.True(kept.Remove(evicted));
            }

            Assert.InRange(kept.Sum(one => one.Bytes + 1024), 0, 100 * 1024);
            Assert.All(kept.GroupBy(one => one.Owner), own => Assert.InRange(own.Sum(one => one.Bytes + 1024), 0, 60 * 1024));
        }

        Assert.InRange(kept.Count, 10, 13);
        _time.Advance(TimeSpan.FromHours(1));
        // What has expired takes no room.
        Assert.Empty(answers.Add(new("new", "owner 1", 50_000, _time.GetUtcNow(), _time.GetUtcNow().AddHours(1))));
    }

    private async Task<CacheCluster> StartAsync(Action<CacheOptions>? configure = null, short silos = 1)
    {
        var cluster = await CacheCluster.StartAsync(silos, configure, _time);
        cluster.OnEveryProvider(provider =>
        {
            provider.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Answer("answer", ChatUsage.Of(8, 2)));
            provider.OnStream = (_, _) => Play(Piece("answer", ChatUsage.Of(8, 2)));
        });
        return cluster;
    }
}
