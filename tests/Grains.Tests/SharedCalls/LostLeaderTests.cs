using Prism.Grains.Interfaces.Chat;
using Prism.Tests.Cache;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.SharedCalls;

/// <summary>The silo that makes the call for others dies.</summary>
[Collection(KillingSilos.Name)]
public sealed class LostLeaderTests : IAsyncLifetime
{
    private static readonly CancellationToken Forever = CancellationToken.None;
    private readonly TaskCompletionSource _never = new();
    private CacheCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await CacheCluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    // Prompts whose grains live on different silos, that of the leader among them.
    [Theory(Timeout = Patience.Milliseconds)]
    [InlineData("a", true)]
    [InlineData("b", false)]
    [InlineData("c", true)]
    [InlineData("d", false)]
    public async Task Before_its_first_piece_somebody_else_leads(string prompt, bool isStreamed)
    {
        var called = new TaskCompletionSource();
        _cluster.Provider(1).OnStream = (_, _) =>
        {
            called.TrySetResult();
            return FirstOf();
        };
        _cluster.Provider(1).OnComplete = async (_, _) =>
        {
            called.TrySetResult();
            await _never.Task;
            return Answer("never");
        };
        Lead(1, prompt, isStreamed);
        await _cluster.GrainCalls.ReachAsync("cache", "JoinAsync", 1);
        Task<string>[] followers = [TextAsync(0, prompt, true), TextAsync(0, prompt, false), TextAsync(2, prompt, true), TextAsync(2, prompt, false)];
        await _cluster.GrainCalls.ReachAsync("cache", "JoinAsync", 5);
        await called.Task;
        await _cluster.KillAsync(1);

        Assert.All(await Task.WhenAll(followers), text => Assert.Equal("ok", text));
        // The one by those who live.
        Assert.Equal(1, _cluster.UpstreamCalls);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_call_that_is_under_way_is_followed_although_the_grain_that_knew_of_it_is_gone()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Enough of them that some of their grains are on each silo.
        var prompts = Enumerable.Range(0, 40).Select(i => $"prompt {i}").ToList();
        using var called = new CountdownEvent(prompts.Count);
        var allCalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cluster.Provider(0).OnComplete = async (_, _) =>
        {
            if (called.Signal())
            {
                allCalled.SetResult();
            }

            await go.Task;
            return Answer("the one");
        };
        var leaders = prompts.ConvertAll(prompt => TextAsync(0, prompt, streamed: false));
        await allCalled.Task;
        var killed = _cluster.Silos[1].SiloAddress;
        Assert.Contains(killed, _cluster.GrainCalls.SilosOf("cache"));
        await _cluster.KillAsync(1);
        await _cluster.BuriedAsync(killed);

        var followers = prompts.ConvertAll(prompt => TextAsync(1, prompt, streamed: true));
        await _cluster.GrainCalls.ReachAsync("cache", "JoinAsync", 2 * prompts.Count);
        go.SetResult();

        Assert.All(await Task.WhenAll([.. leaders, .. followers]), text => Assert.Equal("the one", text));
        Assert.Equal(prompts.Count, _cluster.UpstreamCalls);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task After_its_first_piece_a_stream_ends_in_an_error_and_never_in_another_answer()
    {
        _cluster.Provider(1).OnStream = (_, _) => FirstOf(Piece("half "), Piece("an "));
        Lead(1, "hello", isStreamed: true);
        await _cluster.GrainCalls.ReachAsync("cache", "JoinAsync", 1);
        var follower = new StreamReading(_cluster.Chat(0).StreamAsync(Ask(), Forever));
        await follower.PieceAsync("half ");
        await follower.PieceAsync("an ");
        await _cluster.KillAsync(1);

        Assert.Equal(ChatErrorKind.UpstreamBrokenOff, (await follower.NextAsync()).Failed!.Kind);
        Assert.Equal("ok", await TextAsync(1, "hello", streamed: true));
        await follower.DisposeAsync();
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_leader_that_is_stopped_sees_its_followers_through()
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cluster.Provider(1).OnStream = (_, _) => InTwo(go.Task);
        Lead(1, "hello", isStreamed: true);
        await _cluster.GrainCalls.ReachAsync("cache", "JoinAsync", 1);
        var follower = new StreamReading(_cluster.Chat(0).StreamAsync(Ask(), Forever));
        await follower.PieceAsync("half ");
        var stop = _cluster.StopAsync(1);
        go.SetResult();

        await follower.PieceAsync("an answer");
        Assert.NotNull((await follower.NextAsync()).Completed);
        await follower.DisposeAsync();
        await stop;
    }

    // What its clients get is nobody's concern: their silo is gone.
    private void Lead(int silo, string prompt, bool isStreamed) => _ = TextAsync(silo, prompt, isStreamed);

    private async Task<string> TextAsync(int silo, string prompt, bool streamed) => streamed
        ? string.Concat((await _cluster.StreamAsync(silo, Ask(prompt))).Select(one => one.Chunk?.Choices[0].Delta.Content ?? one.Failed?.Message))
        : (await _cluster.CompleteAsync(silo, Ask(prompt))).Response!.Choices.Single().Message!.Content!;

    private static async IAsyncEnumerable<ChatStreamEvent> InTwo(Task go)
    {
        yield return Piece("half ");
        await go;
        yield return Piece("an answer");
    }

    private async IAsyncEnumerable<ChatStreamEvent> FirstOf(params ChatStreamEvent[] events)
    {
        foreach (var one in events)
        {
            yield return one;
        }

        await _never.Task;
    }
}
