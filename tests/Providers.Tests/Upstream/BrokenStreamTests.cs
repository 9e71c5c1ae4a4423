using Prism.Grains.Interfaces.Chat;
using static Prism.Tests.Upstream.OpenAiEvents;

namespace Prism.Tests.Upstream;

/// <summary>Answers that stop before they are whole.</summary>
public sealed class BrokenStreamTests
{
    private const string StreamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    private const string ChunkedHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_that_breaks_off_between_events_fails_after_what_came(bool abort)
    {
        var sent = Event(Token("a")) + Event(Token("b"));
        await using var upstream = await StartAsync(sent, abort);
        using var provider = new ProviderUnderTest(upstream.Url);

        var streaming = provider.StreamAsync();
        await EndAfterAsync(sent, provider);
        var events = await streaming;

        Assert.Equal(["a", "b"], events.SkipLast(1).Select(streamEvent => streamEvent.Chunk!.Choices[0].Delta.Content));
        Assert.Equal(ChatErrorKind.UpstreamBrokenOff, events[^1].Failed?.Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_that_breaks_off_in_an_event_fails(bool abort)
    {
        var sent = Event(Token("a")) + Event(Token("b"))[..30];
        await using var upstream = await StartAsync(sent, abort);
        using var provider = new ProviderUnderTest(upstream.Url);

        var failing = provider.FailAsync(stream: true);
        await EndAfterAsync(sent, provider);

        Assert.Equal(ChatErrorKind.UpstreamBrokenOff, (await failing).Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_that_ends_without_any_event_is_broken_off(bool abort)
    {
        await using var upstream = await StartAsync("", abort);
        using var provider = new ProviderUnderTest(upstream.Url);

        var failing = provider.FailAsync(stream: true);
        await EndAfterAsync("", provider);

        Assert.Equal(ChatErrorKind.UpstreamBrokenOff, (await failing).Kind);
    }

    [Fact]
    public async Task An_answer_that_is_whole_lacks_nothing_without_a_closing_event()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.ServerSentEventsAsync(Token("a"), Finish, UsageOnly));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal("a", await provider.StreamTextAsync());
    }

    [Fact]
    public async Task An_answer_is_whole_when_all_its_choices_are()
    {
        const string Second = """{"choices":[{"index":1,"delta":{"content":"b"}}]}""";
        // Twice, as some servers do: it is one choice all the same.
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.ServerSentEventsAsync(Token("a"), Second, Finish, Finish));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(ChatErrorKind.UpstreamBrokenOff, (await provider.FailAsync(stream: true)).Kind);
    }

    [Fact]
    public async Task An_empty_finish_reason_is_none()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(
            call => call.ServerSentEventsAsync("""{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":""}]}"""));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(ChatErrorKind.UpstreamBrokenOff, (await provider.FailAsync(stream: true)).Kind);
    }

    [Theory]
    [InlineData(StreamHead, false, true)]
    [InlineData(StreamHead, true, true)]
    [InlineData(ChunkedHead, false, true)]
    [InlineData(ChunkedHead, true, true)]
    [InlineData(StreamHead, false, false)]
    [InlineData(StreamHead, true, false)]
    [InlineData(ChunkedHead, false, false)]
    [InlineData(ChunkedHead, true, false)]
    public async Task Not_the_way_a_connection_closes_counts_but_whether_the_answer_is_whole(string head, bool reset, bool whole)
    {
        var events = Event(Token("a")) + (whole ? Event(Finish) : "");
        var body = head == StreamHead ? events : $"{events.Length:x}\r\n{events}\r\n";
        await using var upstream = new RawUpstream(head + body, reset, _end.Task);
        using var provider = new ProviderUnderTest(upstream.Url);

        var streaming = provider.StreamAsync();
        await EndAfterAsync(events, provider);

        Assert.Equal(whole ? null : ChatErrorKind.UpstreamBrokenOff, (await streaming)[^1].Failed?.Kind);
    }

    [Fact]
    public async Task A_connection_that_stays_open_after_a_whole_answer_is_not_waited_for_longer_than_for_a_token()
    {
        var sent = Event(Token("a")) + Event(Finish);
        await using var upstream = await StartAsync(sent, abort: false);
        using var provider = new ProviderUnderTest(upstream.Url);

        var text = provider.StreamTextAsync();
        await provider.Wire.WaitUntilPendingAfterAsync(sent.Length);
        provider.Time.Advance(ProviderUnderTest.Timeout);

        Assert.Equal("a", await text.WaitAsync(Patience.Limit));
        _end.SetResult();
    }

    [Theory]
    [InlineData("Content-Length: 500\r\n", false)]
    [InlineData("Content-Length: 500\r\n", true)]
    [InlineData("Transfer-Encoding: chunked\r\n", false)]
    [InlineData("Transfer-Encoding: chunked\r\n", true)]
    public async Task A_body_that_is_cut_off_is_broken_off(string header, bool reset)
    {
        var size = header.StartsWith('T') ? "32\r\n" : "";
        var answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + header + "\r\n" + size + Response[..50];
        await using var upstream = new RawUpstream(answer, reset, _end.Task);
        using var provider = new ProviderUnderTest(upstream.Url);

        var failing = provider.FailAsync(stream: false);
        await EndAfterAsync(Response[..50], provider);

        Assert.Equal(ChatErrorKind.UpstreamBrokenOff, (await failing).Kind);
    }

    [Fact]
    public async Task An_error_in_a_stream_is_its_last_event()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(
            call => call.ServerSentEventsAsync(Token("a"), Error(type: "server_error", code: "x"), Token("b"), Finish, Done));
        using var provider = new ProviderUnderTest(upstream.Url);

        var events = await provider.StreamAsync();

        Assert.Equal(2, events.Count);
        Assert.Equal((ChatErrorKind.UpstreamServerError, "Provider 'up' reported an error."), (events[1].Failed!.Kind, events[1].Failed!.Message));
    }

    [Theory]
    [InlineData("""{"error":{"message":"No.","type":"invalid_request_error"}}""", ChatErrorKind.InvalidRequest)]
    [InlineData("""{"error":{"message":"No.","code":429}}""", ChatErrorKind.RateLimited)]
    [InlineData("""{"error":{"message":"No.","type":"insufficient_quota"},"choices":null}""", ChatErrorKind.QuotaExceeded)]
    [InlineData("""{"error":"No."}""", ChatErrorKind.UpstreamServerError)]
    [InlineData("""{"error":{"message":"No.","code":502},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}""", ChatErrorKind.UpstreamServerError)]
    public async Task An_error_may_be_the_first_event(string data, ChatErrorKind kind)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.ServerSentEventsAsync(data));
        using var provider = new ProviderUnderTest(upstream.Url);

        var only = Assert.Single(await provider.StreamAsync());
        Assert.Equal(kind, only.Failed?.Kind);
    }

    [Theory]
    [InlineData("""{"message":"No.","type":"invalid_request_error"}""", ChatErrorKind.InvalidRequest)]
    [InlineData("""{"error":{"message":"No.","code":"model_not_found"}}""", ChatErrorKind.ModelNotFound)]
    [InlineData("what", ChatErrorKind.UpstreamServerError)]
    public async Task An_event_may_say_by_its_type_that_it_is_an_error(string data, ChatErrorKind kind)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.StartStreamAsync();
            await call.WriteAsync("event: error\n" + Event(data));
        });
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(kind, (await provider.FailAsync(stream: true)).Kind);
    }

    private Task<ScriptedUpstream> StartAsync(string sent, bool abort) => ScriptedUpstream.StartAsync(async call =>
    {
        await call.StartStreamAsync();
        await call.WriteAsync(sent);
        await _end.Task;
        if (abort)
        {
            call.Abort();
        }
    });

    // Not before the provider has read it: an abort overtakes what is on its way.
    private async Task EndAfterAsync(string sent, ProviderUnderTest provider)
    {
        await provider.Wire.WaitUntilPendingAfterAsync(sent.Length);
        _end.SetResult();
    }
}
