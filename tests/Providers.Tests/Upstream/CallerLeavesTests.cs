using Prism.Grains.Interfaces.Chat;
using static Prism.Tests.Upstream.OpenAiEvents;

namespace Prism.Tests.Upstream;

/// <summary>Callers that leave: the provider sees it at once, and nobody is told of an error.</summary>
public sealed class CallerLeavesTests : IDisposable
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _caller = new();

    public void Dispose() => _caller.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Before_the_headers(bool stream)
    {
        await using var upstream = await StartAsync(_ => Task.CompletedTask);
        using var provider = new ProviderUnderTest(upstream.Url);

        var failing = provider.FailAsync(stream, _caller.Token);
        await _asked.Task.WaitAsync(Patience.Limit);
        await _caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => failing);
        await _left.Task.WaitAsync(Patience.Limit);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Before_the_call(bool stream)
    {
        await using var upstream = await StartAsync(_ => Task.CompletedTask);
        using var provider = new ProviderUnderTest(upstream.Url);
        await _caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => provider.FailAsync(stream, _caller.Token));
        Assert.Empty(upstream.Received);
    }

    [Fact]
    public async Task In_the_middle_of_a_body()
    {
        await using var upstream = await StartAsync(async call =>
        {
            await call.StartStreamAsync("application/json");
            await call.WriteAsync(Response[..50]);
        });
        using var provider = new ProviderUnderTest(upstream.Url);

        var failing = provider.FailAsync(stream: false, _caller.Token);
        await provider.Wire.WaitUntilPendingAfterAsync(50);
        await _caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => failing);
        await _left.Task.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task While_the_next_token_is_waited_for()
    {
        await using var upstream = await StartAsync(call => call.ServerSentEventsAsync(Token("a")));
        using var provider = new ProviderUnderTest(upstream.Url);
        await using var events = provider.Provider.StreamAsync(ProviderUnderTest.Hello, _caller.Token).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());

        var next = events.MoveNextAsync().AsTask();
        await _caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        await _left.Task.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task With_a_token_in_hand_and_another_one_there()
    {
        await using var upstream = await StartAsync(async call =>
        {
            await call.StartStreamAsync();
            await call.WriteAsync(Event(Token("a")) + Event(Token("b")));
        });
        using var provider = new ProviderUnderTest(upstream.Url);
        await using var events = provider.Provider.StreamAsync(ProviderUnderTest.Hello, _caller.Token).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());

        await _caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => events.MoveNextAsync().AsTask());
        await _left.Task.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task By_reading_no_further()
    {
        await using var upstream = await StartAsync(call => call.ServerSentEventsAsync(Token("a")));
        using var provider = new ProviderUnderTest(upstream.Url);

        await foreach (var streamEvent in provider.Provider.StreamAsync(ProviderUnderTest.Hello, default))
        {
            Assert.NotNull(streamEvent.Chunk);
            break;
        }

        await _left.Task.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task After_an_error_nothing_more_is_read_either()
    {
        await using var upstream = await StartAsync(call => call.ServerSentEventsAsync(Token("a"), Error()));
        using var provider = new ProviderUnderTest(upstream.Url);

        Assert.Equal(ChatErrorKind.InvalidRequest, (await provider.FailAsync(stream: true)).Kind);
        await _left.Task.WaitAsync(Patience.Limit);
    }

    private Task<ScriptedUpstream> StartAsync(Func<UpstreamCall, Task> script) => ScriptedUpstream.StartAsync(async call =>
    {
        call.ClientLeft.Register(_left.SetResult);
        _asked.SetResult();
        await script(call);
        await call.HangAsync();
    });
}
