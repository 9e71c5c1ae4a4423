using Prism.Grains.Interfaces.Chat;
using static Prism.Tests.Upstream.OpenAiEvents;

namespace Prism.Tests.Upstream;

/// <summary>Providers that fall silent. The clock is the test's, and moves when the provider is known to be waited for.</summary>
public sealed class SilenceTests
{
    private static readonly TimeSpan AlmostTimeout = ProviderUnderTest.Timeout - TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Silence_before_the_headers_is_a_first_token_timeout(bool stream)
    {
        var asked = NewSignal();
        await using var upstream = await ScriptedUpstream.StartAsync(call =>
        {
            asked.SetResult();
            return call.HangAsync();
        });
        using var provider = new ProviderUnderTest(upstream.Url);

        var failing = provider.FailAsync(stream);
        await asked.Task.WaitAsync(Patience.Limit);
        provider.Time.Advance(AlmostTimeout);
        Assert.False(failing.IsCompleted);
        provider.Time.Advance(Rest);

        Assert.Equal(ChatErrorKind.UpstreamFirstTokenTimeout, (await failing.WaitAsync(Patience.Limit)).Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Silence_after_the_headers_is_a_first_token_timeout_counted_from_the_request(bool stream)
    {
        var (asked, answer) = (NewSignal(), NewSignal());
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            asked.SetResult();
            await answer.Task;
            await call.StartStreamAsync(stream ? "text/event-stream" : "application/json");
            await call.HangAsync();
        });
        using var provider = new ProviderUnderTest(upstream.Url);

        var failing = provider.FailAsync(stream);
        await asked.Task.WaitAsync(Patience.Limit);
        provider.Time.Advance(AlmostTimeout);
        answer.SetResult();
        await provider.Wire.WaitUntilPendingAfterAsync(0);
        Assert.False(failing.IsCompleted);
        provider.Time.Advance(Rest);

        Assert.Equal(ChatErrorKind.UpstreamFirstTokenTimeout, (await failing.WaitAsync(Patience.Limit)).Kind);
    }

    [Fact]
    public async Task Silence_between_tokens_is_an_idle_timeout()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.ServerSentEventsAsync(Token("a"));
            await call.HangAsync();
        });
        using var provider = new ProviderUnderTest(upstream.Url);
        await using var events = provider.Provider.StreamAsync(ProviderUnderTest.Hello, default).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());

        var next = events.MoveNextAsync().AsTask();
        provider.Time.Advance(AlmostTimeout);
        Assert.False(next.IsCompleted);
        provider.Time.Advance(Rest);

        Assert.True(await next.WaitAsync(Patience.Limit));
        Assert.Equal(ChatErrorKind.UpstreamIdleTimeout, events.Current.Failed?.Kind);
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task Silence_in_the_middle_of_a_body_is_a_timeout()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.StartStreamAsync("application/json");
            await call.WriteAsync(Response[..50]);
            await call.HangAsync();
        });
        using var provider = new ProviderUnderTest(upstream.Url);

        var failing = provider.FailAsync(stream: false);
        await provider.Wire.WaitUntilPendingAfterAsync(50);
        provider.Time.Advance(AlmostTimeout);
        Assert.False(failing.IsCompleted);
        provider.Time.Advance(Rest);

        Assert.Equal(ChatErrorKind.UpstreamFirstTokenTimeout, (await failing.WaitAsync(Patience.Limit)).Kind);
    }

    [Fact]
    public async Task A_long_answer_without_long_silences_is_not_cut()
    {
        var go = new SemaphoreSlim(0);
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.StartStreamAsync();
            for (var i = 0; i < 20; i++)
            {
                await call.WriteAsync(Event(Token("a")));
                await go.WaitAsync();
            }

            await call.WriteAsync(Event(Finish) + Event(Done));
        });
        using var provider = new ProviderUnderTest(upstream.Url);

        var tokens = 0;
        await foreach (var streamEvent in provider.Provider.StreamAsync(ProviderUnderTest.Hello, default))
        {
            Assert.NotNull(streamEvent.Chunk);
            tokens += streamEvent.Chunk.Choices[0].FinishReason is null ? 1 : 0;
            provider.Time.Advance(AlmostTimeout);
            go.Release();
        }

        Assert.Equal(20, tokens);
    }

    /// <summary>What a server may send to show that it is there, or that it has nothing to say.</summary>
    public static TheoryData<string> NoOutput { get; } =
    [
        ": ping\n\n",
        "\n",
        "event: ping\ndata:\n\n",
        Event("""{"choices":[]}"""),
        Event("""{"id":"c1","choices":[{"index":0,"delta":{"role":"assistant"},"finish_reason":null}]}"""),
        Event("""{"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","content":"","tool_calls":[]},"finish_reason":""}]}"""),
        Event("""{"id":"c1","choices":[{"index":0,"delta":{"reasoning":"","audio":{"data":""},"annotations":null}}]}"""),
        Event("""{"id":"c1","choices":[],"prompt_filter_results":[{"prompt_index":0}]}"""),
        Event("""{"id":"c1","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":0,"total_tokens":9}}"""),
        "d",
    ];

    [Theory]
    [MemberData(nameof(NoOutput))]
    public async Task Nothing_but_output_ends_the_wait_for_the_first_token(string sign)
    {
        var go = new SemaphoreSlim(0);
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.StartStreamAsync();
            await call.WriteAsync(sign);
            await go.WaitAsync();
            await call.WriteAsync(sign);
            await call.HangAsync();
        });
        using var provider = new ProviderUnderTest(upstream.Url);

        var failing = provider.FailAsync(stream: true);
        await provider.Wire.WaitUntilPendingAfterAsync(sign.Length);
        provider.Time.Advance(AlmostTimeout);
        Assert.False(failing.IsCompleted);
        go.Release();
        await provider.Wire.WaitUntilPendingAfterAsync(2 * sign.Length);
        provider.Time.Advance(Rest);

        Assert.Equal(ChatErrorKind.UpstreamFirstTokenTimeout, (await failing.WaitAsync(Patience.Limit)).Kind);
    }

    [Theory]
    [MemberData(nameof(NoOutput))]
    public async Task Without_output_nothing_is_handed_out(string sign)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.StartStreamAsync();
            await call.WriteAsync(string.Concat(Enumerable.Repeat(sign, 100)) + "\n\n");
        });
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.NotNull(Assert.Single(await provider.StreamAsync()).Failed);
    }

    [Fact]
    public async Task What_came_before_the_first_output_is_handed_out_with_it()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.ServerSentEventsAsync(
            """{"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}""", Token("a"), Finish, Done));
        using var provider = new ProviderUnderTest(upstream.Url);

        var events = await provider.StreamAsync();

        Assert.Equal(["", "a", null], events.Select(one => one.Chunk!.Choices[0].Delta.Content));
        Assert.Equal("assistant", events[0].Chunk!.Choices[0].Delta.Role);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/event-stream")]
    public async Task A_body_that_comes_byte_by_byte_has_no_more_time(string contentType)
    {
        var go = new SemaphoreSlim(0);
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.StartStreamAsync(contentType);
            foreach (var piece in Event(Token("a")))
            {
                await call.WriteAsync(contentType == "application/json" ? " " : $"{piece}");
                await go.WaitAsync();
            }
        });
        using var provider = new ProviderUnderTest(upstream.Url);

        var failing = provider.FailAsync(stream: contentType != "application/json");
        for (var i = 1; i <= 3; i++)
        {
            await provider.Wire.WaitUntilPendingAfterAsync(i);
            Assert.False(failing.IsCompleted);
            provider.Time.Advance(ProviderUnderTest.Timeout / 3);
            go.Release();
        }

        Assert.Equal(ChatErrorKind.UpstreamFirstTokenTimeout, (await failing.WaitAsync(Patience.Limit)).Kind);
    }

    [Theory]
    [MemberData(nameof(NoOutput))]
    public async Task After_the_first_token_signs_of_life_end_a_silence_but_not_for_ever(string sign)
    {
        var (token, go) = (Event(Token("a")), new SemaphoreSlim(0));
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.StartStreamAsync();
            await call.WriteAsync(token);
            while (true)
            {
                await go.WaitAsync();
                await call.WriteAsync(sign);
            }
        });
        using var provider = new ProviderUnderTest(upstream.Url);

        var failing = provider.FailAsync(stream: true);
        for (var i = 0; i < 3; i++)
        {
            await provider.Wire.WaitUntilPendingAfterAsync(token.Length + (i * sign.Length));
            provider.Time.Advance(AlmostTimeout);
            Assert.False(failing.IsCompleted);
            go.Release();
        }

        await provider.Wire.WaitUntilPendingAfterAsync(token.Length + (3 * sign.Length));
        provider.Time.Advance(3 * Rest);

        Assert.Equal(ChatErrorKind.UpstreamIdleTimeout, (await failing.WaitAsync(Patience.Limit)).Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_memory_is_full_a_long_answer_is_cut_and_a_short_one_is_not(bool stream)
    {
        var size = 1_000_000;
        await using var upstream = await ScriptedUpstream.StartAsync(call => stream
            ? call.ServerSentEventsAsync(Token(new string('a', size)), Finish, Done)
            : call.JsonAsync(Response.Replace("Hi", new string('a', size), StringComparison.Ordinal)));
        using var provider = new ProviderUnderTest(upstream.Url, maxBytes: 1 << 24);
        using var others = provider.Memory.Open();
        others.Hold(provider.Memory.Bytes - (512 * 1024));

        var error = await provider.FailAsync(stream);

        Assert.Equal((ChatErrorKind.Overloaded, "up", true), (error.Kind, error.Provider, error.RetryAfter > TimeSpan.Zero));
        size = 1_000;
        var text = stream
            ? await provider.StreamTextAsync()
            : (await provider.Provider.CompleteAsync(ProviderUnderTest.Hello, default)).Response!.Choices[0].Message!.Content;
        Assert.Equal(size, text!.Length);
        others.Dispose();
        Assert.Equal(0, provider.Memory.Held);
    }

    [Fact]
    public async Task A_small_body_that_is_large_in_memory_is_counted_as_what_it_becomes()
    {
        var body = $$"""{"choices":[{{string.Join(',', Enumerable.Repeat("{}", 400_000))}}]}""";
        await using var upstream = await ScriptedUpstream.StartAsync(call => call.JsonAsync(body));
        using var provider = new ProviderUnderTest(upstream.Url, maxBytes: 1 << 24);

        Assert.Equal(ChatErrorKind.Overloaded, (await provider.FailAsync(stream: false)).Kind);
    }

    [Fact]
    public async Task A_reader_that_takes_its_time_is_not_the_providers_silence()
    {
        var go = NewSignal();
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.ServerSentEventsAsync(Token("a"));
            await go.Task;
            await call.WriteAsync(Event(Token("b")) + Event(Finish) + Event(Done));
        });
        using var provider = new ProviderUnderTest(upstream.Url);
        await using var events = provider.Provider.StreamAsync(ProviderUnderTest.Hello, default).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());

        provider.Time.Advance(3 * ProviderUnderTest.Timeout);
        go.SetResult();

        Assert.True(await events.MoveNextAsync());
        Assert.Equal("b", events.Current.Chunk?.Choices[0].Delta.Content);
    }

    [Fact]
    public async Task A_connection_that_stays_open_after_the_closing_event_holds_nobody_up()
    {
        var whole = Event(Token("a")) + Event(Finish) + Event(Done);
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.StartStreamAsync();
            await call.WriteAsync(whole);
            await call.HangAsync();
        });
        using var provider = new ProviderUnderTest(upstream.Url);

        var text = provider.StreamTextAsync();
        await provider.Wire.WaitUntilPendingAfterAsync(whole.Length);
        provider.Time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal("a", await text.WaitAsync(Patience.Limit));
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
