using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Interfaces.Chat;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Cache;

/// <summary>What is stored, for how long, and who gets it.</summary>
public sealed class CacheTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private CacheCluster _cluster = null!;
    private int _answers;

    public async Task InitializeAsync()
    {
        _cluster = await CacheCluster.StartAsync(silos: 2, options => options.MaxBytes = 2_000, _time);
        _cluster.OnEveryProvider(provider =>
        {
            provider.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Answer($"answer {++_answers}", ChatUsage.Of(8, 2)));
            provider.OnStream = (_, _) => Play(Piece("answer"), Piece($" {++_answers}", ChatUsage.Of(8, 2)));
        });
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task The_second_one_to_ask_gets_the_stored_answer_on_whichever_silo()
    {
        var first = await CompleteAsync(0);
        _time.Advance(TimeSpan.FromSeconds(7.5));
        var second = await CompleteAsync(1);

        Assert.Equal((ChatCacheResult.Miss, null), (first.Route!.Cache, first.Route.Age));
        Assert.Equal((ChatCacheResult.Hit, TimeSpan.FromSeconds(7.5)), (second.Route!.Cache, second.Route.Age));
        Assert.Equal("answer 1", TextOf(second));
        Assert.Equal(ChatUsage.Of(8, 2), second.Response!.Usage);
        Assert.Equal(1, _cluster.UpstreamCalls);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_stream_is_answered_from_a_whole_answer_and_the_other_way_round()
    {
        await CompleteAsync(0, Ask("whole"));
        var streamed = await _cluster.StreamAsync(1, Ask("whole"));
        await _cluster.StreamAsync(0, Ask("streamed"));
        await _cluster.SettledAsync();
        var whole = await CompleteAsync(1, Ask("streamed"));

        Assert.Equal(ChatCacheResult.Hit, streamed[0].Started!.Cache);
        Assert.Equal("answer 1", string.Concat(streamed.Select(one => one.Chunk?.Choices[0].Delta.Content)));
        Assert.Equal(ChatUsage.Of(8, 2), streamed[^1].Completed);
        Assert.Equal((ChatCacheResult.Hit, "answer 2"), (whole.Route!.Cache, TextOf(whole)));
        Assert.Equal(ChatUsage.Of(8, 2), whole.Response!.Usage);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Requests_are_counted_by_what_the_cache_did_and_tokens_once()
    {
        await CompleteAsync(0);
        await CompleteAsync(0);
        await _cluster.StreamAsync(0);
        await CompleteAsync(0, Ask() with { Cache = new() { NoStore = true } });

        Assert.Equal(1, await _cluster.MetricAsync(0, """llm_cache_requests_total{result="miss"}"""));
        Assert.Equal(2, await _cluster.MetricAsync(0, """llm_cache_requests_total{result="hit"}"""));
        Assert.Equal(1, await _cluster.MetricAsync(0, """llm_cache_requests_total{result="bypass"}"""));
        Assert.Equal(4, await _cluster.MetricAsync(0, """llm_requests_total{provider="vendor",model="gpt-4o",status="success"}"""));
        // Of the miss and of the bypass.
        Assert.Equal(4, await _cluster.MetricAsync(0, """llm_tokens_total{provider="vendor",model="gpt-4o",type="completion"}"""));
        Assert.Equal(1, await _cluster.MetricAsync(0, "llm_cache_entries") + await _cluster.MetricAsync(1, "llm_cache_entries"));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task An_answer_is_served_until_its_time_is_over_and_not_a_tick_longer()
    {
        await CompleteAsync(0);
        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        var last = await CompleteAsync(0);
        _time.Advance(TimeSpan.FromTicks(1));
        var late = await CompleteAsync(1);

        Assert.Equal((ChatCacheResult.Hit, "answer 1"), (last.Route!.Cache, TextOf(last)));
        Assert.Equal((ChatCacheResult.Miss, "answer 2"), (late.Route!.Cache, TextOf(late)));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_request_may_say_how_long_its_answer_is_kept()
    {
        await CompleteAsync(0, Ask() with { Cache = new() { Ttl = TimeSpan.FromSeconds(10) } });
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("answer 2", TextOf(await CompleteAsync(0)));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Nothing_older_than_max_age_is_accepted_and_what_is_made_instead_is_kept()
    {
        await CompleteAsync(0);
        _time.Advance(TimeSpan.FromSeconds(10));
        var accepted = await CompleteAsync(0, Ask() with { Cache = new() { MaxAge = TimeSpan.FromSeconds(10) } });
        var refused = await CompleteAsync(0, Ask() with { Cache = new() { MaxAge = TimeSpan.FromSeconds(9) } });

        Assert.Equal("answer 1", TextOf(accepted));
        Assert.Equal("answer 2", TextOf(refused));
        Assert.Equal("answer 2", TextOf(await CompleteAsync(1)));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task No_cache_makes_a_new_answer_that_takes_the_place_of_the_stored_one()
    {
        await CompleteAsync(0);
        var refreshed = await CompleteAsync(1, Ask() with { Cache = new() { NoCache = true } });

        Assert.Equal((ChatCacheResult.Miss, "answer 2"), (refreshed.Route!.Cache, TextOf(refreshed)));
        Assert.Equal("answer 2", TextOf(await CompleteAsync(0)));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task No_store_neither_reads_nor_writes()
    {
        var noStore = Ask() with { Cache = new() { NoStore = true } };
        var first = await CompleteAsync(0, noStore);
        await CompleteAsync(0);
        var third = await CompleteAsync(0, noStore);

        Assert.Equal((ChatCacheResult.Bypass, "answer 1"), (first.Route!.Cache, TextOf(first)));
        Assert.Equal("answer 3", TextOf(third));
        Assert.Equal("answer 2", TextOf(await CompleteAsync(0)));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task What_is_too_long_is_answered_and_not_kept()
    {
        _cluster.Provider(0).OnStream = (_, _) => Play(Piece(new string('a', 1_000)), Piece(new string('b', 1_000)));

        var events = await _cluster.StreamAsync(0);
        await _cluster.SettledAsync();

        Assert.Equal(2_000, events.Sum(one => one.Chunk?.Choices[0].Delta.Content?.Length ?? 0));
        Assert.Equal("answer 1", TextOf(await CompleteAsync(1)));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_failure_is_not_kept()
    {
        _cluster.Provider(0).OnComplete = (_, _) => Task.FromResult<ProviderResult>(Failure(ChatErrorKind.UpstreamServerError));

        var failed = await CompleteAsync(0);

        Assert.Equal((ChatCacheResult.Miss, ChatErrorKind.UpstreamServerError), (failed.Route!.Cache, failed.Error!.Kind));
        Assert.Equal("answer 1", TextOf(await CompleteAsync(1)));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task An_answer_of_a_fallback_is_for_those_who_wait_and_is_not_kept()
    {
        var request = Ask() with { Fallbacks = ["second"] };
        _cluster.Provider(0).OnComplete = (_, _) => Task.FromResult<ProviderResult>(Failure(ChatErrorKind.UpstreamServerError));

        var fallenBack = await _cluster.CompleteAsync(0, request);
        await _cluster.SettledAsync();
        var own = await _cluster.CompleteAsync(1, request);

        Assert.Equal(("second", ChatCacheResult.Miss, 2), (fallenBack.Route!.Provider, fallenBack.Route.Cache, fallenBack.Route.Attempts));
        Assert.Equal(("vendor", ChatCacheResult.Miss), (own.Route!.Provider, own.Route.Cache));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_stream_that_breaks_off_is_not_kept()
    {
        _cluster.Provider(0).OnStream = (_, _) => Play(Piece("half an"), Failure(ChatErrorKind.UpstreamBrokenOff));

        var broken = await _cluster.StreamAsync(0);
        await _cluster.SettledAsync();

        Assert.Equal(ChatErrorKind.UpstreamBrokenOff, broken[^1].Failed!.Kind);
        Assert.Equal("answer 1", TextOf(await CompleteAsync(1)));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_provider_that_throws_is_an_internal_error_of_which_nothing_is_told()
    {
        _cluster.Provider(0).OnComplete = (_, _) => throw new InvalidOperationException("secret");

        var failed = await CompleteAsync(0);

        Assert.Equal(ChatErrorKind.Internal, failed.Error!.Kind);
        Assert.DoesNotContain("secret", failed.Error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await _cluster.MetricAsync(0, """llm_requests_total{provider="vendor",model="gpt-4o",status="internal_error"}"""));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Another_prompt_has_another_answer()
    {
        await CompleteAsync(0, Ask("a"));

        Assert.Equal("answer 2", TextOf(await CompleteAsync(0, Ask("b"))));
    }

    private async Task<ChatOutcome> CompleteAsync(int silo, ChatRequest? request = null)
    {
        var outcome = await _cluster.CompleteAsync(silo, request);
        await _cluster.SettledAsync();
        return outcome;
    }

    private static string? TextOf(ChatOutcome outcome) => outcome.Response!.Choices.Single().Message!.Content;
}
