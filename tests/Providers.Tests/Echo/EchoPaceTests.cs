using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;
using Prism.Providers.Echo;

namespace Prism.Tests.Echo;

public sealed class EchoPaceTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Each_word_comes_after_the_delay()
    {
        await using var stream = Create().StreamAsync(Ask(), CancellationToken.None).GetAsyncEnumerator();
        foreach (var word in new[] { "one", " two", " three" })
        {
            var next = stream.MoveNextAsync().AsTask();
            _time.Advance(Delay - Tick);
            Assert.False(next.IsCompleted);
            _time.Advance(Tick);
            Assert.True(await next);
            Assert.Equal(word, stream.Current.Chunk!.Choices[0].Delta.Content);
        }

        Assert.True(await stream.MoveNextAsync());
        Assert.Equal(FinishReasons.Stop, stream.Current.Chunk!.Choices[0].FinishReason);
        Assert.False(await stream.MoveNextAsync());
    }

    [Fact]
    public async Task A_whole_answer_takes_the_delay_of_all_its_words()
    {
        var answer = Create().CompleteAsync(Ask(), CancellationToken.None);
        _time.Advance((Delay * 3) - Tick);
        Assert.False(answer.IsCompleted);
        _time.Advance(Tick);

        Assert.Equal("one two three", (await answer).Response!.Choices[0].Message!.Content);
    }

    [Fact]
    public async Task Who_leaves_waits_for_nothing()
    {
        using var left = new CancellationTokenSource();
        var answer = Create().CompleteAsync(Ask(), left.Token);
        await using var stream = Create().StreamAsync(Ask(), left.Token).GetAsyncEnumerator();
        var next = stream.MoveNextAsync().AsTask();

        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task Who_leaves_between_two_words_gets_no_further_one()
    {
        using var left = new CancellationTokenSource();
        await using var stream = Create(TimeSpan.Zero).StreamAsync(Ask(), left.Token).GetAsyncEnumerator();
        Assert.True(await stream.MoveNextAsync());

        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.MoveNextAsync().AsTask());
    }

    private static ChatRequest Ask() => new() { Messages = [ChatMessage.Create(ChatRoles.User, "one two three")] };

    private EchoProvider Create(TimeSpan? delay = null) => new(
        new ProviderOptions { Name = "echo", Type = ProviderType.Echo, DefaultModel = EchoProvider.Model, Delay = delay ?? Delay }, _time);
}
