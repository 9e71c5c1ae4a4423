using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Cache;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Caching;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Cache;

/// <summary>What the cache leaves in its storage, and what it does without.</summary>
public sealed class CacheStorageTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private CacheCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await CacheCluster.StartAsync(silos: 2, time: _time);

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task An_answer_outlives_its_grain()
    {
        await CompleteAsync(0);
        await _cluster.DeactivateAsync(EntryOf("hello"));

        Assert.Equal(ChatCacheResult.Hit, (await CompleteAsync(1)).Route!.Cache);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task An_expired_answer_is_deleted_with_the_others_of_its_slot()
    {
        await CompleteAsync(0, "a");
        await CompleteAsync(0, "b");
        var expires = _time.GetUtcNow().AddHours(1);
        Assert.Equal(2, _cluster.Storage.Count("entry"));
        _time.Advance(TimeSpan.FromMinutes(66));

        foreach (var prompt in (string[])["a", "b"])
        {
            await SweepOf(prompt, expires).ReceiveReminder("sweep", default);
        }

        Assert.Equal((0, 0), (_cluster.Storage.Count("entry"), _cluster.Storage.Count("sweep")));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_sweep_that_comes_too_early_deletes_nothing_and_tries_again()
    {
        await CompleteAsync(0);
        var sweep = SweepOf("hello", _time.GetUtcNow().AddHours(1));

        await sweep.ReceiveReminder("sweep", default);

        Assert.Equal((1, 1), (_cluster.Storage.Count("entry"), _cluster.Storage.Count("sweep")));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task An_answer_that_was_made_anew_is_left_to_its_later_sweep()
    {
        await CompleteAsync(0);
        var expires = _time.GetUtcNow().AddHours(1);
        _time.Advance(TimeSpan.FromMinutes(50));
        await _cluster.CompleteAsync(0, Ask() with { Cache = new() { NoCache = true } });
        await _cluster.SettledAsync();
        _time.Advance(TimeSpan.FromMinutes(20));

        await SweepOf("hello", expires).ReceiveReminder("sweep", default);

        Assert.Equal((1, 1), (_cluster.Storage.Count("entry"), _cluster.Storage.Count("sweep")));
        Assert.Equal(ChatCacheResult.Hit, (await CompleteAsync(1)).Route!.Cache);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Without_its_storage_requests_go_upstream()
    {
        _cluster.Storage.IsAway = true;

        var (whole, streamed) = (await CompleteAsync(0), await _cluster.StreamAsync(1));

        Assert.Equal((ChatCacheResult.Bypass, "ok"), (whole.Route!.Cache, whole.Response!.Choices.Single().Message!.Content));
        Assert.Equal(ChatCacheResult.Bypass, streamed[0].Started!.Cache);
        Assert.NotNull(streamed[^1].Completed);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task The_cache_is_back_soon_after_its_storage()
    {
        _cluster.Storage.IsAway = true;
        await CompleteAsync(0);
        _cluster.Storage.IsAway = false;
        Assert.Equal(ChatCacheResult.Bypass, (await CompleteAsync(0)).Route!.Cache);

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(ChatCacheResult.Miss, (await CompleteAsync(0)).Route!.Cache);
        Assert.Equal(ChatCacheResult.Hit, (await CompleteAsync(0)).Route!.Cache);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task An_answer_that_cannot_be_written_is_given_all_the_same()
    {
        _cluster.Provider(0).OnComplete = (_, _) =>
        {
            _cluster.Storage.IsAway = true;
            return Task.FromResult<ProviderResult>(Tests.Chat.ScriptedProvider.Answer("ok"));
        };

        Assert.Equal("ok", (await CompleteAsync(0)).Response!.Choices.Single().Message!.Content);
        _cluster.Storage.IsAway = false;
        Assert.Equal(0, _cluster.Storage.Count("entry"));
        Assert.Equal(ChatCacheResult.Miss, (await CompleteAsync(1)).Route!.Cache);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Prompts_are_not_stored()
    {
        await CompleteAsync(0, "PROMPT-TEXT");

        Assert.DoesNotContain("PROMPT-TEXT", Assert.Single(_cluster.Storage.Texts("entry")), StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_silo_that_starts_without_the_storage_has_a_cache_when_that_is_back()
    {
        _cluster.Storage.IsAway = true;
        var start = _cluster.StartAnotherAsync();
        await AdvanceUntilAsync(() => start.IsCompleted);
        await start;
        Assert.Equal(ChatCacheResult.Bypass, (await _cluster.CompleteAsync(2)).Route!.Cache);

        _cluster.Storage.IsAway = false;
        await AdvanceUntilAsync(() => _cluster.Get<CacheEpoch>(2).Value is not null);

        Assert.Equal(ChatCacheResult.Miss, (await _cluster.CompleteAsync(2, Ask("new"))).Route!.Cache);
    }

    private Task AdvanceUntilAsync(Func<bool> condition) => Until.TrueAsync("time has passed", () =>
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return Task.FromResult(condition());
    });

    private ICacheGrain EntryOf(string prompt) => _cluster.Grains.GetGrain<ICacheGrain>(KeyOf(prompt));

    private IRemindable SweepOf(string prompt, DateTimeOffset expires) =>
        _cluster.Grains.GetGrain<ICacheSweepGrain>(CacheSweepGrain.KeyFor(KeyOf(prompt), expires)).AsReference<IRemindable>();

    private static string KeyOf(string prompt) => GrainKeys.Cache(0, PromptHash.Of("global", "vendor", Ask(prompt) with { Model = "gpt-4o" }));

    private async Task<ChatOutcome> CompleteAsync(int silo, string prompt = "hello")
    {
        var outcome = await _cluster.CompleteAsync(silo, Ask(prompt));
        await _cluster.SettledAsync();
        return outcome;
    }
}
