using Prism.Grains.Interfaces.Chat;
using static Prism.Tests.Upstream.OpenAiEvents;

namespace Prism.Tests.Upstream;

/// <summary>Answers with status 200 that are not what was asked for, and those that only look so.</summary>
public sealed class InvalidAnswerTests
{
    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"choices\":[]}")]
    [InlineData("{\"choices\":{}}")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":5}}]}")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"\\ud800\"}}]}")]
    [InlineData("{\"choices\":[{\"message\":{\"x\":\"\\ud800\"}}]}")]
    [InlineData("{\"choices\":[{\"message\":")]
    [InlineData("<html></html>")]
    public async Task A_body_that_is_no_answer_is_an_invalid_response(string body)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync(body));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(ChatErrorKind.UpstreamInvalidResponse, (await provider.FailAsync(stream: false)).Kind);
    }

    [Theory]
    [InlineData("what")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"choices\":[{\"delta\":{\"content\":\"\\udc00\"}}]}")]
    [InlineData("[DONE]")]
    public async Task An_event_that_is_no_chunk_is_an_invalid_response(string data)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.ServerSentEventsAsync(data, Token("a"), Finish, Done));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(ChatErrorKind.UpstreamInvalidResponse, Assert.Single(await provider.StreamAsync()).Failed?.Kind);
    }

    [Fact]
    public async Task A_stream_of_events_without_a_choice_is_an_invalid_response()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.ServerSentEventsAsync("{}", UsageOnly, Done));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(ChatErrorKind.UpstreamInvalidResponse, (await provider.FailAsync(stream: true)).Kind);
    }

    [Theory]
    [InlineData("text/html", "<html></html>")]
    [InlineData("application/json", Response)]
    [InlineData("application/json", "")]
    [InlineData("application/x-ndjson", "{}\n")]
    public async Task A_stream_of_another_type_is_an_invalid_response(string contentType, string body)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.BodyAsync(body, contentType));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(ChatErrorKind.UpstreamInvalidResponse, (await provider.FailAsync(stream: true)).Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_error_with_status_200_is_an_error(bool stream)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync(Error(type: "rate_limit_error")));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(ChatErrorKind.RateLimited, (await provider.FailAsync(stream)).Kind);
    }

    [Fact]
    public async Task A_stream_without_a_type_is_read_as_one()
    {
        await using var upstream = new RawUpstream("HTTP/1.1 200 OK\r\n\r\n" + Event(Token("a")) + Event(Finish) + Event(Done));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal("a", await provider.StreamTextAsync());
    }

    [Fact]
    public async Task A_body_may_be_as_large_as_the_cap_and_no_larger()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync(Response));

        using var justFits = new ProviderUnderTest(upstream.Url, maxBytes: Response.Length);
        Assert.NotNull((await justFits.Provider.CompleteAsync(ProviderUnderTest.Hello, default)).Response);

        using var tooSmall = new ProviderUnderTest(upstream.Url, maxBytes: Response.Length - 1);
        Assert.Equal(ChatErrorKind.UpstreamInvalidResponse, (await tooSmall.FailAsync(stream: false)).Kind);
    }

    [Theory]
    [InlineData("data: ")]
    [InlineData(": ")]
    [InlineData("")]
    public async Task An_event_without_end_is_an_invalid_response(string prefix)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.ServerSentEventsAsync(Token("a"));
            await call.WriteAsync(prefix);
            while (!call.ClientLeft.IsCancellationRequested)
            {
                await call.WriteAsync(new string('x', 10_000));
            }
        });
        using var provider = new ProviderUnderTest(upstream.Url, maxBytes: 100_000);

        Assert.Equal(ChatErrorKind.UpstreamInvalidResponse, (await provider.FailAsync(stream: true)).Kind);
    }

    [Fact]
    public async Task A_stream_may_be_longer_than_one_event_may()
    {
        var tokens = Enumerable.Repeat(Token("a"), 100).ToArray();
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.ServerSentEventsAsync([.. tokens, Finish, Done]));
        using var provider = new ProviderUnderTest(upstream.Url, maxBytes: 8192);

        Assert.True(tokens.Sum(token => token.Length) > 8192);
        Assert.Equal(new string('a', 100), await provider.StreamTextAsync());
    }

    [Fact]
    public async Task What_a_provider_leaves_out_of_a_body_is_filled_in()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync("""{"choices":[{"message":{"content":"Hi"}}]}"""));
        using var provider = new ProviderUnderTest(upstream.Url);

        var response = (await provider.Provider.CompleteAsync(ProviderUnderTest.Hello, default)).Response!;

        Assert.StartsWith("chatcmpl-", response.Id, StringComparison.Ordinal);
        Assert.Equal(provider.Time.GetUtcNow().ToUnixTimeSeconds(), response.Created);
        Assert.Equal(("m", "assistant"), (response.Model, response.Choices[0].Message!.Role));
        Assert.Null(response.Usage);
    }

    [Fact]
    public async Task What_a_provider_leaves_out_of_a_stream_is_filled_in_the_same_on_all_pieces()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.ServerSentEventsAsync(
            """{"choices":[{"delta":{"content":"a"}}]}""",
            """{"choices":[{"delta":{},"finish_reason":"stop"}]}""",
            Done));
        using var provider = new ProviderUnderTest(upstream.Url);

        var chunks = (await provider.StreamAsync()).ConvertAll(streamEvent => streamEvent.Chunk!);

        Assert.Equal(2, chunks.Count);
        Assert.StartsWith("chatcmpl-", chunks[0].Id, StringComparison.Ordinal);
        Assert.Equal((chunks[0].Id, chunks[0].Created, "m"), (chunks[1].Id, chunks[1].Created, chunks[1].Model));
        Assert.Equal(provider.Time.GetUtcNow().ToUnixTimeSeconds(), chunks[0].Created);
        Assert.All(chunks, chunk => Assert.Null(chunk.Usage));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}""")]
    [InlineData("""{"prompt_tokens":-1,"completion_tokens":2,"total_tokens":1}""")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":-2,"total_tokens":1}""")]
    [InlineData("""{"prompt_tokens":"1","completion_tokens":2,"total_tokens":3}""")]
    [InlineData("""{"prompt_tokens":1.5,"completion_tokens":2,"total_tokens":3}""")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":"none"}""")]
    [InlineData("""{"prompt_tokens":99999999999,"completion_tokens":2,"total_tokens":3}""")]
    [InlineData("""{"prompt_tokens":2147483647,"completion_tokens":2147483647,"total_tokens":-2}""")]
    public async Task A_usage_that_cannot_be_true_is_none(string usage)
    {
        Assert.Null(await ReadUsageAsync(usage));
    }

    [Theory]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":2}""", 3)]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":2,"total_tokens":1}""", 3)]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":0,"total_tokens":10}""", 10)]
    public async Task The_total_of_a_usage_is_its_sum_at_least(string usage, int total)
    {
        Assert.Equal(total, (await ReadUsageAsync(usage))?.TotalTokens);
    }

    private static async Task<ChatUsage?> ReadUsageAsync(string usage)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.Request.Body.Contains("\"stream\":true", StringComparison.Ordinal)
            ? call.ServerSentEventsAsync(Token("a"), Finish, $$$"""{"id":"c1","choices":[],"usage":{{{usage}}}}""", Done)
            : call.JsonAsync($$$"""{"choices":[{"message":{"content":"Hi"}}],"usage":{{{usage}}}}"""));
        using var provider = new ProviderUnderTest(upstream.Url);

        var whole = (await provider.Provider.CompleteAsync(ProviderUnderTest.Hello, default)).Response!.Usage;
        var streamed = (await provider.StreamAsync()).ConvertAll(streamEvent => streamEvent.Chunk!.Usage);

        Assert.Equal(whole, streamed[^1]);
        Assert.Equal(whole is null ? 2 : 3, streamed.Count);
        return whole;
    }
}
