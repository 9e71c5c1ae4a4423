using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.SharedCalls;
using Prism.Tests.Cache;
using Prism.Tests.Chat;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.SharedCalls;

/// <summary>One call upstream for all who ask the same, anywhere in the cluster.</summary>
public sealed class SharedCallTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CacheCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await CacheCluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Theory(Timeout = Patience.Milliseconds)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Five_hundred_identical_requests_on_three_silos_are_one_call(bool leaderStreams)
    {
        var text = string.Concat(Enumerable.Range(0, 200).Select(i => $"wörd-{i} "));
        _cluster.OnEveryProvider(provider =>
        {
            provider.OnComplete = async (_, _) =>
            {
                await _go.Task;
                return Answer(text, ChatUsage.Of(3, 200));
            };
            provider.OnStream = (_, _) => AfterGo(text);
        });

        var leader = TextAsync(0, leaderStreams);
        await _cluster.GrainCalls.ReachAsync("cache", "JoinAsync", 1);
        var others = Enumerable.Range(1, 499).Select(i => TextAsync(i % 3, i % 2 == 0)).ToList();
        await _cluster.GrainCalls.ReachAsync("cache", "JoinAsync", 500);
        _go.SetResult();
        var answers = await Task.WhenAll(others.Prepend(leader));

        Assert.Equal(1, _cluster.UpstreamCalls);
        Assert.Equal(text, Assert.Single(answers.Select(answer => answer.Text).Distinct()));
        Assert.Equal(ChatUsage.Of(3, 200), Assert.Single(answers.Select(answer => answer.Usage).Distinct()));
        Assert.Equal(ChatCacheResult.Miss, answers[0].Result);
        // Who was told to follow just before the end may find the answer stored by the time it gets there.
        Assert.All(answers[1..], answer => Assert.True(answer.Result is ChatCacheResult.Joined or ChatCacheResult.Hit));
        Assert.Equal(answers.Count(answer => answer.Result == ChatCacheResult.Joined), await JoinedAsync());
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task The_first_client_that_leaves_ends_nothing()
    {
        _cluster.Provider(0).OnStream = (_, _) => InTwo("first", Piece("second"));
        var leader = Read(0);
        await leader.PieceAsync("first");
        var follower = Read(1);
        await follower.PieceAsync("first");

        await leader.DisposeAsync();
        _go.SetResult();

        await follower.PieceAsync("second");
        Assert.NotNull((await follower.NextAsync()).Completed);
        Assert.Equal(1, _cluster.UpstreamCalls);
    }

    [Theory(Timeout = Patience.Milliseconds)]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    public async Task The_last_client_that_leaves_ends_the_call(int leaderSilo, int followerSilo)
    {
        var wait = new UpstreamWait();
        _cluster.Provider(leaderSilo).OnStream = (_, token) => Forever(wait, token);
        var leader = Read(leaderSilo);
        await leader.PieceAsync("first");
        var follower = Read(followerSilo);
        await follower.PieceAsync("first");

        await leader.DisposeAsync();
        await follower.DisposeAsync();

        await wait.Cancelled;
        await _cluster.SettledAsync();
        _cluster.OnEveryProvider(provider => provider.OnStream = (_, _) => Play(Piece("new")));
        Assert.Equal("new", (await TextAsync(2, streamed: true)).Text);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_late_follower_gets_the_answer_from_its_start()
    {
        _cluster.Provider(0).OnStream = (_, _) => InTwo("first", Piece("second"));
        var leader = Read(0);
        await leader.PieceAsync("first");
        var (streamed, whole) = (TextAsync(1, streamed: true), TextAsync(2, streamed: false));
        await _cluster.GrainCalls.ReachAsync("cache", "JoinAsync", 3);
        _go.SetResult();

        Assert.Equal("firstsecond", (await streamed).Text);
        Assert.Equal("firstsecond", (await whole).Text);
        Assert.Equal(1, _cluster.UpstreamCalls);
        await leader.DisposeAsync();
    }

    [Theory(Timeout = Patience.Milliseconds)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_follower_goes_on_where_it_was_although_what_it_reads_through_is_lost(bool leaderIsOld)
    {
        // A silo of the last release has no such method.
        _cluster.GrainCalls.IsUnknown = method => leaderIsOld && method == nameof(ISharedCallGrain.ReadFromAsync);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _cluster.Provider(0).OnStream = (_, _) => InThree(end.Task);
        var leader = Read(0);
        await leader.PieceAsync("first");
        var follower = Read(1);
        await follower.PieceAsync("first");

        var lost = _cluster.DeactivateAsync(_cluster.Grains.GetGrain<ISharedCallGrain>(GrainKeys.SharedCall(_cluster.Silos[0].SiloAddress, 1)));
        _go.SetResult();
        await follower.PieceAsync("second");
        await _cluster.GrainCalls.ReachAsync("flight", "StartEnumeration<T>", 2);
        end.SetResult();

        await follower.PieceAsync("third");
        Assert.NotNull((await follower.NextAsync()).Completed);
        Assert.Equal(1, _cluster.UpstreamCalls);
        await leader.DisposeAsync();
        await follower.DisposeAsync();
        await lost;
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task All_who_share_a_call_that_fails_get_its_error_and_nothing_is_stored()
    {
        var error = Failure(ChatErrorKind.UpstreamIdleTimeout) with { RetryAfter = TimeSpan.FromSeconds(7) };
        _cluster.Provider(0).OnStream = (_, _) => InTwo("first", error);
        StreamReading[] readers = [Read(0), Read(1), Read(1), Read(2)];
        foreach (var reader in readers)
        {
            await reader.PieceAsync("first");
        }

        _go.SetResult();

        foreach (var reader in readers)
        {
            Assert.Equal(error, (await reader.NextAsync()).Failed);
            await reader.DisposeAsync();
        }

        Assert.Equal(1, _cluster.UpstreamCalls);
        await _cluster.SettledAsync();
        Assert.Equal(("ok", ChatCacheResult.Miss), await TextOfAsync(1));
    }

    private async Task<(string Text, ChatCacheResult Result)> TextOfAsync(int silo)
    {
        var answer = await TextAsync(silo, streamed: false);
        return (answer.Text, answer.Result);
    }

    private async Task<(string Text, ChatCacheResult Result, ChatUsage? Usage)> TextAsync(int silo, bool streamed)
    {
        if (!streamed)
        {
            var outcome = await _cluster.CompleteAsync(silo);
            return (outcome.Response!.Choices.Single().Message!.Content!, outcome.Route!.Cache, outcome.Response.Usage);
        }

        var events = await _cluster.StreamAsync(silo);
        return (string.Concat(events.Select(one => one.Chunk?.Choices[0].Delta.Content)), events[0].Started!.Cache, events[^1].Completed);
    }

    private StreamReading Read(int silo) => new(_cluster.Chat(silo).StreamAsync(Ask(), CancellationToken.None));

    private async Task<double> JoinedAsync()
    {
        var sum = 0d;
        for (var silo = 0; silo < 3; silo++)
        {
            sum += await _cluster.MetricAsync(silo, "llm_cache_joined_total");
        }

        return sum;
    }

    private async IAsyncEnumerable<ChatStreamEvent> AfterGo(string text)
    {
        await _go.Task;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            yield return Piece(word + " ");
        }

        yield return new ChatChunk { Id = "answer-1", Model = "m", Usage = ChatUsage.Of(3, 200) };
    }

    private async IAsyncEnumerable<ChatStreamEvent> InTwo(string first, ChatStreamEvent second)
    {
        yield return Piece(first);
        await _go.Task;
        yield return second;
    }

    private async IAsyncEnumerable<ChatStreamEvent> InThree(Task end)
    {
        yield return Piece("first");
        await _go.Task;
        yield return Piece("second");
        await end;
        yield return Piece("third");
    }

    private static async IAsyncEnumerable<ChatStreamEvent> Forever(
        UpstreamWait wait, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
    {
        yield return Piece("first");
        await wait.UntilCancelledAsync(token);
    }
}
