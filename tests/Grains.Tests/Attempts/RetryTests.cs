using System.Runtime.CompilerServices;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Quotas;
using Prism.Tests.Chat;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Attempts;

/// <summary>A provider that fails a request for the moment is asked again.</summary>
public sealed class RetryTests
{
    private static readonly ChatError Down = Failure(ChatErrorKind.UpstreamServerError) with { UpstreamStatus = 503 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_to_the_second_retry_is_the_answer(bool stream)
    {
        var pipeline = AtOnce();
        Fail(pipeline, Down, Failure(ChatErrorKind.UpstreamUnreachable));

        var (route, text, error) = await AskAsync(pipeline, stream);

        Assert.Equal(("ok", null), (text, error));
        Assert.Equal((3, "vendor"), (route!.Attempts, route.Provider));
        Assert.Equal(
            ["""{provider="vendor",kind="server_error"} 1""", """{provider="vendor",kind="unreachable"} 1"""],
            await pipeline.ScrapeAsync("llm_retries_total"));
        Assert.Equal(["""{provider="vendor",model="gpt-4o",status="success"} 1"""], await pipeline.ScrapeAsync("llm_requests_total"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_all_retries_fail_the_last_failure_is_told(bool stream)
    {
        var pipeline = AtOnce();
        Fail(pipeline, Down, Down, Failure(ChatErrorKind.UpstreamConnectTimeout));

        var (route, _, error) = await AskAsync(pipeline, stream);

        Assert.Equal(ChatErrorKind.UpstreamConnectTimeout, error!.Kind);
        Assert.Equal(3, (route ?? error.Route)!.Attempts);
        Assert.Equal(3, pipeline.Vendor.Received.Count);
    }

    [Fact]
    public async Task After_the_first_token_nothing_is_tried_again()
    {
        var pipeline = AtOnce();
        pipeline.Vendor.OnStream = (_, _) => Play(Piece("half"), Failure(ChatErrorKind.UpstreamBrokenOff));

        var events = await pipeline.StreamAsync();

        Assert.Equal((1, ChatErrorKind.UpstreamBrokenOff), (events[0].Started!.Attempts, events[^1].Failed!.Kind));
        Assert.Single(pipeline.Vendor.Received);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_retry_waits_for_as_long_as_the_provider_asked(bool stream)
    {
        var pipeline = new TestPipeline(_ => { }, new() { RetryBackoff = TimeSpan.Zero }, []);
        Fail(pipeline, Failure(ChatErrorKind.RateLimited) with { RetryAfter = TimeSpan.FromSeconds(4) });
        var asked = AskAsync(pipeline, stream);
        await pipeline.Time.TimerAsync(due => due >= TimeSpan.FromSeconds(4) && due <= TimeSpan.FromSeconds(4.05));

        pipeline.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Single(pipeline.Vendor.Received);
        pipeline.Time.Advance(TimeSpan.FromMilliseconds(50));

        Assert.Equal("ok", (await asked).Text);
    }

    [Fact]
    public async Task Each_attempt_is_admitted_and_settled_on_its_own()
    {
        var pipeline = new TestPipeline(
            options => (options.TokensPerDay, options.DefaultMaxTokens, options.RequestsPerMinute) = (100_000, 100, 10),
            new() { RetryBackoff = TimeSpan.Zero },
            []);
        Fail(pipeline, Down, Failure(ChatErrorKind.UpstreamUnreachable));

        await AskAsync(pipeline, stream: false);

        // Failures used nothing; the answer 8 of the prompt and its frame, and 1 of "ok".
        Assert.Equal(9, await pipeline.Ledgers.CloseAsync("vendor", LimitKind.TokensPerDay));
        Assert.Equal(3, await pipeline.Ledgers.CloseAsync("vendor", LimitKind.RequestsPerMinute));
    }

    [Fact]
    public async Task A_retry_that_a_limit_refuses_leaves_the_failure_as_it_was()
    {
        var pipeline = new TestPipeline(options => options.RequestsPerMinute = 1, new() { RetryBackoff = TimeSpan.Zero }, []);
        Fail(pipeline, Down, Down);

        var outcome = await pipeline.CompleteAsync();

        Assert.Equal((ChatErrorKind.UpstreamServerError, 1), (outcome.Error!.Kind, outcome.Route!.Attempts));
    }

    [Fact]
    public async Task No_retry_begins_after_the_deadline()
    {
        var pipeline = new TestPipeline(_ => { }, new() { RetryBackoff = TimeSpan.Zero, Deadline = TimeSpan.FromSeconds(30) }, []);
        pipeline.Vendor.OnComplete = (_, _) =>
        {
            pipeline.Time.Advance(TimeSpan.FromSeconds(20));
            return Task.FromResult<ProviderResult>(Failure(ChatErrorKind.UpstreamFirstTokenTimeout));
        };

        var outcome = await pipeline.CompleteAsync();

        Assert.Equal(2, outcome.Route!.Attempts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_retry_without_a_first_token_is_given_up_at_the_deadline(bool stream)
    {
        var pipeline = new TestPipeline(_ => { }, new() { RetryBackoff = TimeSpan.Zero, Deadline = TimeSpan.FromSeconds(30) }, []);
        var retry = new UpstreamWait();
        pipeline.Vendor.OnComplete = async (_, token) =>
        {
            await SecondNeverAsync(token);
            return Down;
        };
        pipeline.Vendor.OnStream = (_, token) => SecondNeverStreamAsync(token);
        var asked = AskAsync(pipeline, stream);
        await retry.Entered;

        pipeline.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(asked.IsCompleted);
        pipeline.Time.Advance(TimeSpan.FromSeconds(1));

        var (route, _, error) = await asked;
        Assert.Equal((ChatErrorKind.UpstreamServerError, 2), (error!.Kind, (route ?? error.Route)!.Attempts));
        Assert.Equal(2, pipeline.Vendor.Received.Count);

        Task SecondNeverAsync(CancellationToken token) =>
            pipeline.Vendor.Received.Count == 1 ? Task.CompletedTask : retry.UntilCancelledAsync(token);

        async IAsyncEnumerable<ChatStreamEvent> SecondNeverStreamAsync([EnumeratorCancellation] CancellationToken token)
        {
            await SecondNeverAsync(token);
            yield return Down;
        }
    }

    [Fact]
    public async Task A_retry_that_has_its_first_token_may_take_as_long_as_it_likes()
    {
        var pipeline = new TestPipeline(_ => { }, new() { RetryBackoff = TimeSpan.Zero, Deadline = TimeSpan.FromSeconds(30) }, []);
        pipeline.Vendor.OnStream = (_, token) => pipeline.Vendor.Received.Count == 1 ? Play(Down) : Slowly(token);

        var events = await pipeline.StreamAsync();

        Assert.Equal(["a", "b"], events.Select(one => one.Chunk?.Choices[0].Delta.Content).OfType<string>());
        Assert.NotNull(events[^1].Completed);

        async IAsyncEnumerable<ChatStreamEvent> Slowly([EnumeratorCancellation] CancellationToken token)
        {
            await Task.Yield();
            yield return Piece("a");
            pipeline.Time.Advance(TimeSpan.FromHours(1));
            token.ThrowIfCancellationRequested();
            yield return Piece("b");
        }
    }

    [Fact]
    public async Task A_caller_that_leaves_in_a_pause_ends_it()
    {
        var pipeline = new TestPipeline(_ => { }, new(), []);
        Fail(pipeline, Down);
        using var caller = new CancellationTokenSource();
        var asked = pipeline.Service.CompleteAsync(Ask(), caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        Assert.Single(pipeline.Vendor.Received);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => pipeline.Budget.TryReserve()));
    }

    [Fact]
    public async Task Retries_of_many_requests_do_not_multiply_an_outage()
    {
        var pipeline = new TestPipeline(_ => { }, new() { MaxRetries = 1, RetryBackoff = TimeSpan.Zero }, []);
        var (first, second, retried, denied) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        var (calls, ended) = (0, 0);
        pipeline.Vendor.OnComplete = async (_, _) =>
        {
            var call = Interlocked.Increment(ref calls);
            if (call == 120)
            {
                retried.SetResult();
            }

            await (call <= 100 ? first : second).Task;
            return Down;
        };
        var asked = Enumerable.Range(0, 100).Select(_ => AskAsync()).ToList();

        first.SetResult();
        // Those that are not made again have ended, and those that are wait for their answer.
        await Task.WhenAll(retried.Task, denied.Task).WaitAsync(TimeSpan.FromMinutes(1));
        var retries = pipeline.Vendor.Received.Count - 100;
        second.SetResult();
        await Task.WhenAll(asked);

        Assert.Equal((20, 120), (retries, pipeline.Vendor.Received.Count));
        Assert.Equal(["""{provider="vendor"} 80"""], await pipeline.ScrapeAsync("llm_retries_denied_total"));

        async Task AskAsync()
        {
            await pipeline.CompleteAsync();
            if (Interlocked.Increment(ref ended) == 80)
            {
                denied.SetResult();
            }
        }
    }

    [Fact]
    public async Task A_call_that_may_have_been_made_is_made_again_under_its_key_and_one_that_was_refused_under_a_new_one()
    {
        var pipeline = AtOnce();
        Fail(pipeline, Failure(ChatErrorKind.UpstreamUnreachable), Down);

        await pipeline.CompleteAsync(Ask() with { IdempotencyKey = "claim" });

        Assert.Equal(["claim", "claim", "claim.1"], pipeline.Vendor.Received.Select(request => request.IdempotencyKey));
    }

    private static TestPipeline AtOnce() => new(_ => { }, new() { RetryBackoff = TimeSpan.Zero }, []);

    // Fails in this order, and then answers.
    private static void Fail(TestPipeline pipeline, params ChatError[] errors)
    {
        var (answers, streams) = (new Queue<ChatError>(errors), new Queue<ChatError>(errors));
        pipeline.Vendor.OnComplete = (_, _) =>
            Task.FromResult<ProviderResult>(answers.TryDequeue(out var error) ? error : Answer("ok"));
        pipeline.Vendor.OnStream = (_, _) => Play(streams.TryDequeue(out var error) ? error : Piece("ok"));
    }

    private static async Task<(AnswerInfo? Route, string? Text, ChatError? Error)> AskAsync(TestPipeline pipeline, bool stream)
    {
        if (!stream)
        {
            var outcome = await pipeline.CompleteAsync();
            return (outcome.Route, outcome.Response?.Choices[0].Message!.Content, outcome.Error);
        }

        var events = await pipeline.StreamAsync();
        return (events[0].Started, string.Concat(events.Select(one => one.Chunk?.Choices[0].Delta.Content)), events[^1].Failed);
    }
}
