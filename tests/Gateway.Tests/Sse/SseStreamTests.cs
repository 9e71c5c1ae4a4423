using System.Net;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Sse;

/// <summary>How events reach the client: at once, with a sign of life in a silence, and to a clear end.</summary>
public sealed class SseStreamTests : GatewayTest
{
    private const string Ping = ": ping\n\n";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("/v1/chat")]
    [InlineData("/v1/chat/completions")]
    public async Task The_headers_are_those_of_a_stream_that_nothing_may_hold_up(string path)
    {
        Host.Chat.Stream(Answers.Started, Answers.Piece("Hi"), Answers.Completed);

        using var response = await Host.PostAsync(path, GatewayHost.HelloStream);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-cache", HeaderOf(response, "cache-control"));
        Assert.Equal("no", HeaderOf(response, "x-accel-buffering"));
    }

    [Theory]
    [InlineData("/v1/chat")]
    [InlineData("/v1/chat/completions")]
    public async Task A_piece_is_read_before_the_next_is_made(string path)
    {
        var pieces = Host.Chat.StreamByHand();
        pieces.TryWrite(Answers.Started);
        pieces.TryWrite(Answers.Piece("piece 0"));
        await using var client = await StreamClient.OpenAsync(Host, path);
        for (var i = 1; i < 20; i++)
        {
            Assert.Contains($"piece {i - 1}\"", await client.ReadEventAsync(), StringComparison.Ordinal);
            pieces.TryWrite(Answers.Piece($"piece {i}"));
        }

        Assert.Contains("piece 19\"", await client.ReadEventAsync(), StringComparison.Ordinal);
        pieces.TryWrite(Answers.Completed);
        Assert.EndsWith("data: [DONE]\n\n", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silence_before_the_first_token_is_broken_by_comments()
    {
        var pieces = Host.Chat.StreamByHand();
        var opening = StreamClient.OpenAsync(Host, "/v1/chat");
        await Host.Chat.NextCallAsync();

        Host.Time.Advance(Interval);
        await using var client = await opening;
        Assert.Equal(Ping, await client.ReadEventAsync());
        Host.Time.Advance(Interval);
        Assert.Equal(Ping, await client.ReadEventAsync());

        pieces.TryWrite(Answers.Started);
        pieces.TryWrite(Answers.Piece("Hi", FinishReasons.Stop));
        pieces.TryWrite(Answers.Completed);
        Assert.StartsWith("data: {\"id\":\"chatcmpl-123\",\"model\":\"echo-v1\",\"delta\":\"Hi\"", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal("text/event-stream", client.Response.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task A_silence_is_counted_from_the_last_piece()
    {
        var pieces = Host.Chat.StreamByHand();
        pieces.TryWrite(Answers.Started);
        pieces.TryWrite(Answers.Piece("one"));
        await using var client = await StreamClient.OpenAsync(Host, "/v1/chat");
        Assert.Contains("one", await client.ReadEventAsync(), StringComparison.Ordinal);

        Host.Time.Advance(Interval - TimeSpan.FromMilliseconds(1));
        pieces.TryWrite(Answers.Piece("two"));
        Assert.Contains("two", await client.ReadEventAsync(), StringComparison.Ordinal);
        Host.Time.Advance(Interval - TimeSpan.FromMilliseconds(1));
        pieces.TryWrite(Answers.Piece("three"));
        // No comment in between: nothing was silent for ten seconds.
        Assert.Contains("three", await client.ReadEventAsync(), StringComparison.Ordinal);
        Host.Time.Advance(Interval);
        Assert.Equal(Ping, await client.ReadEventAsync());
    }

    [Fact]
    public async Task No_comment_follows_the_end()
    {
        Host.Chat.Stream(Answers.Started, Answers.Piece("Hi"), Answers.Completed);
        using var raw = RawClient.Connect(Host);
        await raw.SendAsync(
            $"POST /v1/chat HTTP/1.1\nHost: prism\nContent-Type: application/json\nContent-Length: {GatewayHost.HelloStream.Length}\n\n{GatewayHost.HelloStream}");
        await Host.Log.NextRequestAsync();

        Host.Time.Advance(3 * Interval);
        await raw.SendAsync("GET /healthz HTTP/1.1\nHost: prism\nConnection: close\n\n");

        // The next response follows the last chunk of the stream with nothing in between.
        Assert.Contains("data: [DONE]\n\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n", await raw.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/chat")]
    [InlineData("/v1/chat/completions")]
    public async Task A_failure_after_the_first_piece_is_an_error_event_and_the_end(string path)
    {
        Host.Chat.Stream(
            Answers.Started,
            Answers.Piece("Hi"),
            new ChatError { Kind = ChatErrorKind.UpstreamBrokenOff, Message = "Provider 'echo' broke off.", RetryAfter = TimeSpan.FromSeconds(1) });

        using var response = await Host.PostAsync(path, GatewayHost.HelloStream);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var events = (await response.Content.ReadAsStringAsync()).Split("\n\n");
        Assert.Equal(3, events.Length);
        Assert.Contains("\"Hi\"", events[0], StringComparison.Ordinal);
        Assert.Equal(
            """data: {"error":{"message":"Provider 'echo' broke off.","type":"server_error","param":null,"code":"upstream_error"}}""", events[1]);
        Assert.Empty(events[2]);
    }

    [Fact]
    public async Task A_failure_after_a_comment_is_an_error_event_though_no_token_came()
    {
        var pieces = Host.Chat.StreamByHand();
        var opening = StreamClient.OpenAsync(Host, "/v1/chat");
        await Host.Chat.NextCallAsync();
        Host.Time.Advance(Interval);
        await using var client = await opening;
        Assert.Equal(Ping, await client.ReadEventAsync());

        pieces.TryWrite(new ChatError { Kind = ChatErrorKind.RateLimited, Message = "Slow down.", RetryAfter = TimeSpan.FromSeconds(1) });

        Assert.Equal(
            "data: {\"error\":{\"message\":\"Slow down.\",\"type\":\"rate_limit_exceeded\",\"param\":null,\"code\":\"rate_limit_exceeded\"}}\n\n",
            await client.ReadToEndAsync());
    }

    [Fact]
    public async Task A_late_start_after_a_comment_is_logged_though_its_headers_are_too_late()
    {
        var pieces = Host.Chat.StreamByHand();
        var opening = StreamClient.OpenAsync(Host, "/v1/chat");
        await Host.Chat.NextCallAsync();
        Host.Time.Advance(Interval);
        await using var client = await opening;
        Assert.Equal(Ping, await client.ReadEventAsync());
        pieces.TryWrite(Answers.Started);
        pieces.TryWrite(Answers.Completed);

        await client.ReadToEndAsync();

        Assert.Null(HeaderOf(client.Response, "x-prism-provider"));
        Assert.Equal("\"echo\"", (await Host.Log.NextRequestAsync()).Properties["Provider"].ToString());
    }

    [Fact]
    public async Task An_exception_after_the_first_piece_cuts_the_connection()
    {
        var pieces = Host.Chat.StreamByHand();
        pieces.TryWrite(Answers.Started);
        pieces.TryWrite(Answers.Piece("Hi"));
        await using var client = await StreamClient.OpenAsync(Host, "/v1/chat");
        await client.ReadEventAsync();

        pieces.TryComplete(new InvalidOperationException("sk-secret"));

        // Not the end that a chunked body has.
        await Assert.ThrowsAnyAsync<IOException>(client.ReadToEndAsync);
    }

    [Fact]
    public async Task A_stream_that_stops_without_an_end_is_not_taken_for_an_answer()
    {
        Host.Chat.Stream(Answers.Started);

        using var response = await Host.PostAsync("/v1/chat", GatewayHost.HelloStream);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("internal_error", (await ReadErrorAsync(response)).Code);
    }
}
