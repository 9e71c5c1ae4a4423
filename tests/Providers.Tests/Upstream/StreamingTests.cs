using System.Diagnostics;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using static Prism.Tests.Upstream.OpenAiEvents;

namespace Prism.Tests.Upstream;

/// <summary>What goes right: tokens at once, connections used again, and only what has to leaves the house.</summary>
public sealed class StreamingTests
{
    [Fact]
    public async Task Every_token_is_there_before_the_next_is_sent()
    {
        var seen = new SemaphoreSlim(0);
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.StartStreamAsync();
            foreach (var text in "abcdefgh")
            {
                await call.WriteAsync(Event(Token(text.ToString())));
                await seen.WaitAsync(call.ClientLeft);
            }

            await call.WriteAsync(Event(Finish) + Event(UsageOnly) + Event(Done));
        });
        using var provider = new ProviderUnderTest(upstream.Url);
        await using var events = provider.Provider.StreamAsync(ProviderUnderTest.Hello, default).GetAsyncEnumerator();

        foreach (var text in "abcdefgh")
        {
            Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(Patience.Limit));
            Assert.Equal(text.ToString(), events.Current.Chunk?.Choices[0].Delta.Content);
            seen.Release();
        }

        Assert.True(await events.MoveNextAsync());
        Assert.Equal("stop", events.Current.Chunk?.Choices[0].FinishReason);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(ChatUsage.Of(1, 2), events.Current.Chunk?.Usage);
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task An_event_of_several_data_lines_never_passes_with_its_line_breaks()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.StartStreamAsync();
            foreach (var chunk in new[] { Token("a"), Token("b"), Finish })
            {
                await call.WriteAsync(Event(chunk.Replace(",", ",\ndata: ", StringComparison.Ordinal)));
            }

            await call.WriteAsync(Event(Done));
        });
        using var provider = new ProviderUnderTest(upstream.Url);

        await using var answer = await provider.Provider.OpenAsync(CallRequest.Of(ProviderUnderTest.Hello), stream: true, default);
        var text = "";
        while (await answer.NextAsync())
        {
            Assert.DoesNotContain((byte)'\n', answer.Raw.ToArray());
            text += answer.ToChunk().Choices[0].Delta.Content;
        }

        Assert.Equal("ab", text);
    }

    [Fact]
    public async Task A_connection_is_used_again_after_a_whole_answer()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(AnswerAsync);
        using var provider = new ProviderUnderTest(upstream.Url);

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("a", await provider.StreamTextAsync());
            Assert.NotNull((await provider.Provider.CompleteAsync(ProviderUnderTest.Hello, default)).Response);
        }

        upstream.Respond(call => call.JsonAsync(Error(), 400));
        Assert.NotNull(await provider.FailAsync(stream: true));
        Assert.NotNull(await provider.FailAsync(stream: false));

        Assert.Equal(12, upstream.Received.Count);
        Assert.Single(upstream.Received.Select(request => request.ConnectionId).Distinct());
    }

    [Fact]
    public async Task A_connection_is_used_again_also_where_its_end_comes_late()
    {
        var sent = string.Concat(new[] { Token("a"), Finish, Done }.Select(Event));
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.StartStreamAsync();
            await call.WriteAsync(sent);
            await end.Task;
        });
        using var provider = new ProviderUnderTest(upstream.Url);

        var text = provider.StreamTextAsync();
        await provider.Wire.WaitUntilPendingAfterAsync(sent.Length);
        end.SetResult();

        Assert.Equal("a", await text);
        Assert.Equal("a", await provider.StreamTextAsync());
        Assert.Single(upstream.Received.Select(request => request.ConnectionId).Distinct());
    }

    [Fact]
    public async Task A_connection_is_not_used_again_after_an_answer_that_was_given_up()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.ServerSentEventsAsync(Token("a"));
            await call.HangAsync();
        });
        using var provider = new ProviderUnderTest(upstream.Url);
        await using (var events = provider.Provider.StreamAsync(ProviderUnderTest.Hello, default).GetAsyncEnumerator())
        {
            Assert.True(await events.MoveNextAsync());
        }

        upstream.Respond(AnswerAsync);

        Assert.Equal("a", await provider.StreamTextAsync());
        Assert.Equal(2, upstream.Received.Select(request => request.ConnectionId).Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_the_headers_that_the_provider_needs_are_sent(bool stream)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(AnswerAsync);
        using var provider = new ProviderUnderTest(upstream.Url);
        // What a web server makes of a client's headers. The trace goes on upstream; its baggage would too, by itself.
        using var activity = new Activity("request") { TraceStateString = "vendor=1" };
        activity.AddBaggage("client", "secret");
        activity.SetIdFormat(ActivityIdFormat.W3C).Start();

        await AskAsync(provider, stream);

        var request = Assert.Single(upstream.Received);
        Assert.Equal(("POST", "/v1/chat/completions"), (request.Method, request.Path));
        Assert.Equal(
            ["Authorization", "Content-Length", "Content-Type", "Host", "traceparent", "tracestate", "User-Agent"],
            request.Headers.Keys.Order(StringComparer.OrdinalIgnoreCase));
        Assert.Equal("Bearer " + ProviderUnderTest.ApiKey, request.Headers["Authorization"]);
        Assert.Equal("application/json", request.Headers["Content-Type"]);
        Assert.StartsWith($"00-{activity.TraceId}-", request.Headers["traceparent"], StringComparison.Ordinal);
        Assert.DoesNotContain($"{activity.SpanId}", request.Headers["traceparent"], StringComparison.Ordinal);
        Assert.Equal("vendor=1", request.Headers["tracestate"]);
    }

    [Fact]
    public async Task A_provider_that_sets_cookies_does_not_get_them_back()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync(Response, 200, ("Set-Cookie", "a=b")));
        using var provider = new ProviderUnderTest(upstream.Url);

        await AskAsync(provider, stream: false);
        await AskAsync(provider, stream: false);

        Assert.All(upstream.Received, request => Assert.DoesNotContain("Cookie", request.Headers.Keys));
    }

    private static async Task AskAsync(ProviderUnderTest provider, bool stream)
    {
        if (stream)
        {
            await provider.StreamTextAsync();
        }
        else
        {
            Assert.NotNull((await provider.Provider.CompleteAsync(ProviderUnderTest.Hello, default)).Response);
        }
    }

    private static Task AnswerAsync(UpstreamCall call) => call.Request.Body.Contains("\"stream\":true", StringComparison.Ordinal)
        ? call.ServerSentEventsAsync(Token("a"), Finish, UsageOnly, Done)
        : call.JsonAsync(Response);
}
