using System.Collections.Immutable;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Interfaces.Chat;
using Prism.Tests.Chat;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Attempts;

/// <summary>A provider that keeps failing is left alone, and found to be well again.</summary>
public sealed class BreakerTests
{
    private readonly ScriptedProvider _second = Create("second");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_to_one_that_keeps_failing_is_refused_at_once(bool stream)
    {
        var pipeline = await OpenAsync();

        var error = stream ? Assert.Single(await pipeline.StreamAsync()).Failed! : (await pipeline.CompleteAsync()).Error!;

        Assert.Equal(ChatErrorKind.UpstreamUnavailable, error.Kind);
        Assert.Null(error.Provider);
        Assert.Equal(TimeSpan.FromSeconds(15), error.RetryAfter);
        Assert.Equal(3, pipeline.Vendor.Received.Count);
        Assert.Equal(["""{provider="vendor"} 1"""], await pipeline.ScrapeAsync("llm_breaker_state"));
    }

    [Fact]
    public async Task Failures_of_clients_do_not_open_it()
    {
        var pipeline = Breaking();
        foreach (var kind in new[] { ChatErrorKind.InvalidRequest, ChatErrorKind.UpstreamCredentialsRefused, ChatErrorKind.RateLimited, ChatErrorKind.ModelNotFound })
        {
            Fail(pipeline.Vendor, kind);
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal(kind, (await pipeline.CompleteAsync()).Error!.Kind);
            }
        }
    }

    [Fact]
    public async Task A_stream_that_breaks_off_counts()
    {
        var pipeline = Breaking();
        pipeline.Vendor.OnStream = (_, _) => Play(Piece("half"), Failure(ChatErrorKind.UpstreamBrokenOff));
        for (var i = 0; i < 3; i++)
        {
            await pipeline.StreamAsync();
        }

        Assert.Equal(ChatErrorKind.UpstreamUnavailable, (await pipeline.StreamAsync())[^1].Failed!.Kind);
    }

    [Fact]
    public async Task While_it_is_open_the_next_provider_is_asked()
    {
        var pipeline = await OpenAsync("second");
        var before = _second.Received.Count;

        var outcome = await pipeline.CompleteAsync();

        Assert.Equal(("second", 1), (outcome.Route!.Provider, outcome.Route.Attempts));
        Assert.Equal((3, before + 1), (pipeline.Vendor.Received.Count, _second.Received.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Probes_that_succeed_close_it(bool stream)
    {
        var pipeline = await OpenAsync();
        Answer(pipeline.Vendor);
        pipeline.Time.Advance(TimeSpan.FromSeconds(15));

        for (var i = 0; i < 2; i++)
        {
            Assert.Null(stream ? (await pipeline.StreamAsync())[^1].Failed : (await pipeline.CompleteAsync()).Error);
        }

        await HeardAsync(pipeline, CircuitState.Closed);
        Assert.Null((await pipeline.CompleteAsync()).Error);
        Assert.Empty(await pipeline.ScrapeAsync("llm_breaker_state"));
    }

    [Fact]
    public async Task A_probe_that_fails_keeps_it_open_for_longer()
    {
        var pipeline = await OpenAsync();
        pipeline.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(ChatErrorKind.UpstreamServerError, (await pipeline.CompleteAsync()).Error!.Kind);
        await HeardAsync(pipeline, CircuitState.Open, times: 2);

        pipeline.Time.Advance(TimeSpan.FromSeconds(29));

        Assert.Equal(TimeSpan.FromSeconds(1), (await pipeline.CompleteAsync()).Error!.RetryAfter);
    }

    [Fact]
    public async Task A_probe_whose_caller_leaves_says_nothing()
    {
        var pipeline = await OpenAsync();
        pipeline.Time.Advance(TimeSpan.FromSeconds(15));
        using var caller = new CancellationTokenSource();
        pipeline.Vendor.OnComplete = async (_, token) =>
        {
            await caller.CancelAsync();
            token.ThrowIfCancellationRequested();
            return ScriptedProvider.Answer("never");
        };
        var told = new TaskCompletionSource();
        pipeline.Ledgers.OnNews = news =>
        {
            if (news.Kind == CircuitNewsKind.ProbeAbandoned)
            {
                told.TrySetResult();
            }
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pipeline.Service.CompleteAsync(Ask(), caller.Token));
        await told.Task;
        Answer(pipeline.Vendor);

        for (var i = 0; i < 2; i++)
        {
            Assert.Null((await pipeline.CompleteAsync()).Error);
        }

        await HeardAsync(pipeline, CircuitState.Closed);
    }

    private TestPipeline Breaking(params ImmutableArray<string> fallbacks) =>
        new(_ => { }, new() { MaxRetries = 0 }, new() { ConsecutiveFailures = 3 }, fallbacks, _second);

    private async Task<TestPipeline> OpenAsync(params ImmutableArray<string> fallbacks)
    {
        var pipeline = Breaking(fallbacks);
        Fail(pipeline.Vendor, ChatErrorKind.UpstreamServerError);
        for (var i = 0; i < 3; i++)
        {
            await pipeline.CompleteAsync();
        }

        await HeardAsync(pipeline, CircuitState.Open);
        return pipeline;
    }

    // What a silo tells its cluster goes its own way; the answer to it is logged.
    private static async Task HeardAsync(TestPipeline pipeline, CircuitState state, int times = 1) =>
        await pipeline.CircuitLog.LineAsync($"The circuit of provider vendor is {state}", times);

    private static void Fail(ScriptedProvider provider, ChatErrorKind kind)
    {
        provider.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Failure(kind));
        provider.OnStream = (_, _) => Play(Failure(kind));
    }

    private static void Answer(ScriptedProvider provider)
    {
        provider.OnComplete = (_, _) => Task.FromResult<ProviderResult>(ScriptedProvider.Answer("ok"));
        provider.OnStream = (_, _) => Play(Piece("ok"));
    }
}
