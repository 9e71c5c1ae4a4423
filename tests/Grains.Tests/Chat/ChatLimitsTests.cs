using System.Threading.Channels;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Quotas;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Chat;

/// <summary>What a call takes of its provider's limits, however it ends. Prompts are "hello", reserved as 21 tokens (bytes, and what is around them).</summary>
public sealed class ChatLimitsTests
{
    private const int Cap = 1_000;

    private static readonly ChatUsage Usage = ChatUsage.Of(10, 30);

    [Fact]
    public async Task What_an_answer_took_is_charged()
    {
        var pipeline = Limited();
        pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Answer("ok", Usage));

        await pipeline.CompleteAsync();

        Assert.Equal(40, await ChargedAsync(pipeline));
        Assert.Equal(Cap, Assert.Single(pipeline.Vendor.Received).OutputTokenLimit);
    }

    [Fact]
    public async Task What_a_stream_took_is_charged()
    {
        var pipeline = Limited();
        pipeline.Vendor.OnStream = (_, _) => Play(Piece("a"), Piece("b", Usage));

        await pipeline.StreamAsync();

        Assert.Equal(40, await ChargedAsync(pipeline));
    }

    [Fact]
    public async Task A_usage_without_a_total_is_charged_by_its_parts()
    {
        var pipeline = Limited();
        pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Answer("ok", Usage with { TotalTokens = 0 }));

        await pipeline.CompleteAsync();

        Assert.Equal(40, await ChargedAsync(pipeline));
    }

    [Theory]
    [InlineData(ChatErrorKind.RateLimited)]
    [InlineData(ChatErrorKind.InvalidRequest)]
    [InlineData(ChatErrorKind.UpstreamUnreachable)]
    [InlineData(ChatErrorKind.UpstreamConnectTimeout)]
    [InlineData(ChatErrorKind.UpstreamServerError)]
    public async Task A_provider_that_refuses_or_is_not_reached_has_used_nothing(ChatErrorKind kind)
    {
        var pipeline = Limited();
        pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Failure(kind));
        pipeline.Vendor.OnStream = (_, _) => Play(Failure(kind));

        await pipeline.CompleteAsync();
        await pipeline.StreamAsync();

        Assert.Equal(0, await ChargedAsync(pipeline));
    }

    [Theory]
    [InlineData(ChatErrorKind.UpstreamFirstTokenTimeout)]
    [InlineData(ChatErrorKind.UpstreamBrokenOff)]
    [InlineData(ChatErrorKind.UpstreamInvalidResponse)]
    public async Task A_provider_that_may_have_worked_for_nothing_is_taken_to_have_used_the_most(ChatErrorKind kind)
    {
        var pipeline = Limited();
        pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Failure(kind));

        await pipeline.CompleteAsync();

        Assert.InRange(await ChargedAsync(pipeline), Cap + 1, Cap + 50);
    }

    [Fact]
    public async Task A_call_that_is_refused_before_it_is_sent_is_not_even_a_request()
    {
        var pipeline = new TestPipeline(options => (options.RequestsPerMinute, options.TokensPerDay) = (100, 100_000));
        pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(ChatError.Invalid("Cannot be said.", "seed"));

        await pipeline.CompleteAsync();

        Assert.Equal(0, await pipeline.Ledgers.CloseAsync("vendor", LimitKind.RequestsPerMinute));
        Assert.Equal(0, await ChargedAsync(pipeline));
    }

    [Fact]
    public async Task A_stream_that_its_caller_leaves_is_charged_for_what_was_generated()
    {
        var pipeline = Limited();
        pipeline.Vendor.OnStream = (_, _) => Play(Piece("one two three"), Piece(" four five"), Piece(" six"), Piece(" seven", Usage));

        await foreach (var one in pipeline.Service.StreamAsync(Ask(), CancellationToken.None))
        {
            if (one.Chunk?.Choices[0].Delta.Content == " four five")
            {
                break;
            }
        }

        // gpt-4o's tokens: 8 of the prompt and its frame, 5 of "one two three four five".
        Assert.Equal(8 + 5, await ChargedAsync(pipeline));
    }

    [Fact]
    public async Task A_stream_that_breaks_off_is_charged_for_what_was_generated()
    {
        var pipeline = Limited();
        pipeline.Vendor.OnStream = (_, _) => Play(Piece("one two three"), Failure(ChatErrorKind.UpstreamBrokenOff));

        await pipeline.StreamAsync();

        Assert.Equal(8 + 3, await ChargedAsync(pipeline));
    }

    [Fact]
    public async Task A_caller_that_leaves_before_anything_was_generated_is_taken_to_have_used_the_most()
    {
        var pipeline = Limited();
        using var caller = new CancellationTokenSource();
        pipeline.Vendor.OnComplete = async (_, token) =>
        {
            await caller.CancelAsync();
            token.ThrowIfCancellationRequested();
            return Answer("never");
        };

        await Assert.ThrowsAsync<OperationCanceledException>(() => pipeline.Service.CompleteAsync(Ask(), caller.Token));

        Assert.InRange(await ChargedAsync(pipeline), Cap + 1, Cap + 50);
    }

    [Fact]
    public async Task The_caller_is_told_how_the_limits_stand_whether_it_is_admitted_or_not()
    {
        var pipeline = new TestPipeline(options => options.RequestsPerMinute = 2);

        var first = await pipeline.CompleteAsync();
        var second = await pipeline.StreamAsync();
        var third = await pipeline.CompleteAsync();
        var fourth = Assert.Single(await pipeline.StreamAsync()).Failed!;

        Assert.Equal((2, 1), Stand(Assert.Single(first.Route!.Limits!.Value)));
        Assert.Equal((2, 0), Stand(Assert.Single(second[0].Started!.Limits!.Value)));
        Assert.Equal((2, 0), Stand(Assert.Single(third.Error!.Limits!.Value)));
        Assert.Equal((2, 0), Stand(Assert.Single(fourth.Limits!.Value)));
        Assert.Equal(ChatErrorKind.RateLimited, third.Error.Kind);
        Assert.Equal((0, "vendor"), (third.Route!.Attempts, third.Route.Provider));
        Assert.InRange(third.Error.RetryAfter!.Value, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(62));
        Assert.Equal(2, pipeline.Vendor.Received.Count);
    }

    [Fact]
    public async Task A_failure_of_the_provider_has_the_limits_too()
    {
        var pipeline = new TestPipeline(options => options.RequestsPerMinute = 10);
        pipeline.Vendor.OnStream = (_, _) => Play(Failure(ChatErrorKind.UpstreamServerError));

        var error = Assert.Single(await pipeline.StreamAsync()).Failed!;

        Assert.Equal((10, 9), Stand(Assert.Single(error.Limits!.Value)));
    }

    [Fact]
    public async Task When_the_wait_is_over_there_is_room_again()
    {
        var pipeline = new TestPipeline(options => options.RequestsPerMinute = 1);
        await pipeline.CompleteAsync();
        var error = (await pipeline.CompleteAsync()).Error!;

        pipeline.Time.Advance(error.RetryAfter!.Value - TimeSpan.FromMilliseconds(10));
        var early = await pipeline.CompleteAsync();
        pipeline.Time.Advance(TimeSpan.FromMilliseconds(10));
        var onTime = await pipeline.CompleteAsync();

        Assert.Equal(ChatErrorKind.RateLimited, early.Error!.Kind);
        Assert.Null(onTime.Error);
    }

    [Theory]
    [InlineData(ChatErrorKind.RateLimited)]
    [InlineData(ChatErrorKind.QuotaExceeded)]
    public async Task A_provider_that_names_a_time_is_left_alone_until_then(ChatErrorKind kind)
    {
        var pipeline = new TestPipeline();
        pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Failure(kind) with { RetryAfter = TimeSpan.FromSeconds(30) });
        await pipeline.CompleteAsync();

        pipeline.Time.Advance(TimeSpan.FromSeconds(29));
        var early = await pipeline.CompleteAsync();
        pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Answer("ok"));
        pipeline.Time.Advance(TimeSpan.FromSeconds(1));
        var onTime = await pipeline.CompleteAsync();

        Assert.Equal((ChatErrorKind.RateLimited, TimeSpan.FromSeconds(1)), (early.Error!.Kind, early.Error.RetryAfter!.Value));
        Assert.Null(onTime.Error);
        Assert.Equal(2, pipeline.Vendor.Received.Count);
    }

    [Fact]
    public async Task A_provider_that_fails_without_naming_a_time_is_not_left_alone()
    {
        var pipeline = new TestPipeline();
        pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Failure(ChatErrorKind.RateLimited));

        await pipeline.CompleteAsync();
        await pipeline.CompleteAsync();

        Assert.Equal(2, pipeline.Vendor.Received.Count);
    }

    [Fact]
    public async Task Without_limits_a_call_is_sent_as_it_is_and_no_ledger_is_asked()
    {
        var pipeline = new TestPipeline();

        var outcome = await pipeline.CompleteAsync();
        await pipeline.StreamAsync();

        Assert.All(pipeline.Vendor.Received, request => Assert.Null(request.OutputTokenLimit));
        Assert.Null(outcome.Route!.Limits);
        Assert.Equal(0, pipeline.Ledgers.AsksOf("vendor"));
    }

    [Fact]
    public async Task Those_that_wait_are_served_in_the_order_in_which_they_came()
    {
        var pipeline = Queue(out var gates);
        var calls = Enumerable.Range(0, 4).Select(i => pipeline.CompleteAsync(Ask($"call {i}"))).ToList();

        for (var i = 0; i < calls.Count; i++)
        {
            (await gates.Reader.ReadAsync()).SetResult();
            Assert.Null((await calls[i]).Error);
            Assert.All(calls.Skip(i + 1), call => Assert.False(call.IsCompleted));
        }

        Assert.Equal(
            ["call 0", "call 1", "call 2", "call 3"], pipeline.Vendor.Received.Select(request => request.Messages[0].Content!.ToText()));
    }

    [Fact]
    public async Task Who_has_waited_for_too_long_is_refused_and_leaves_the_line()
    {
        var pipeline = Queue(out var gates);
        var first = pipeline.CompleteAsync(Ask("first"));
        var gate = await gates.Reader.ReadAsync();
        var second = pipeline.CompleteAsync(Ask("second"));

        pipeline.Time.Advance(TimeSpan.FromSeconds(10));
        var refused = await second;
        gate.SetResult();
        await first;
        var third = pipeline.CompleteAsync(Ask("third"));
        (await gates.Reader.ReadAsync()).SetResult();

        // The ledger may or may not have had a word on it yet: its answers take no fake time.
        Assert.Contains(refused.Error!.Kind, new[] { ChatErrorKind.RateLimited, ChatErrorKind.Overloaded });
        Assert.Null((await third).Error);
        Assert.Equal(["first", "third"], pipeline.Vendor.Received.Select(request => request.Messages[0].Content!.ToText()));
    }

    [Fact]
    public async Task Who_leaves_while_it_waits_leaves_the_line()
    {
        var pipeline = Queue(out var gates);
        using var caller = new CancellationTokenSource();
        var first = pipeline.CompleteAsync(Ask("first"));
        var gate = await gates.Reader.ReadAsync();
        var second = pipeline.Service.CompleteAsync(Ask("second"), caller.Token);
        var third = pipeline.CompleteAsync(Ask("third"));

        await caller.CancelAsync();
        gate.SetResult();
        (await gates.Reader.ReadAsync()).SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Null((await third).Error);
        Assert.Equal(["first", "third"], pipeline.Vendor.Received.Select(request => request.Messages[0].Content!.ToText()));
    }

    // One at a time, in line for ten seconds; each call that reaches the provider waits at a gate.
    private static TestPipeline Queue(out Channel<TaskCompletionSource> gates)
    {
        var pipeline = new TestPipeline(options => (options.MaxConcurrency, options.QueueTimeout) = (1, TimeSpan.FromSeconds(10)));
        var opened = gates = Channel.CreateUnbounded<TaskCompletionSource>();
        pipeline.Vendor.OnComplete = async (_, _) =>
        {
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            opened.Writer.TryWrite(gate);
            await gate.Task;
            return Answer("ok");
        };
        return pipeline;
    }

    private static TestPipeline Limited() => new(options => (options.TokensPerDay, options.DefaultMaxTokens) = (100_000, Cap));

    private static Task<long> ChargedAsync(TestPipeline pipeline) => pipeline.Ledgers.CloseAsync("vendor", LimitKind.TokensPerDay);

    private static (long Limit, long Remaining) Stand(LimitStatus status) => (status.Limit, status.Remaining);
}
