using Prism.Chat;
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

    [Fact]
    public async Task A_comment_is_a_sign_of_life()
    {
        const string Ping = ": ping\n\n";
        var go = new SemaphoreSlim(0);
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.StartStreamAsync();
            await call.WriteAsync(Ping);
            await go.WaitAsync();
            await call.WriteAsync(Ping);
            await go.WaitAsync();
            await call.WriteAsync(Event(Token("a")) + Event(Finish) + Event(Done));
        });
        using var provider = new ProviderUnderTest(upstream.Url);

        var text = provider.StreamTextAsync();
        await provider.Wire.WaitUntilPendingAfterAsync(Ping.Length);
        provider.Time.Advance(AlmostTimeout);
        go.Release();
        await provider.Wire.WaitUntilPendingAfterAsync(2 * Ping.Length);
        provider.Time.Advance(AlmostTimeout);
        go.Release();

        Assert.Equal("a", await text.WaitAsync(Patience.Limit));
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
