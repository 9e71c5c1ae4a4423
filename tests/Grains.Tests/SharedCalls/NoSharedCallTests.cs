using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Interfaces.Chat;
using Prism.Tests.Cache;
using static Prism.Tests.Chat.ScriptedProvider;

namespace Prism.Tests.SharedCalls;

/// <summary>Requests that do not share a call: because they may not, or because it takes too long.</summary>
public sealed class NoSharedCallTests
{
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Without_single_flight_everybody_calls_and_answers_are_stored_all_the_same()
    {
        await using var cluster = await CacheCluster.StartAsync(silos: 2, options => options.SingleFlight = false);
        cluster.OnEveryProvider(provider => provider.OnComplete = async (_, _) =>
        {
            await _go.Task;
            return Answer("ok");
        });
        Task<ChatOutcome>[] calls = [cluster.CompleteAsync(0), cluster.CompleteAsync(0), cluster.CompleteAsync(1)];
        await cluster.GrainCalls.ReachAsync("cache", "JoinAsync", 3);
        _go.SetResult();

        Assert.All(await Task.WhenAll(calls), outcome => Assert.Equal(ChatCacheResult.Miss, outcome.Route!.Cache));
        await cluster.SettledAsync();
        Assert.Equal(ChatCacheResult.Hit, (await cluster.CompleteAsync(1)).Route!.Cache);
        Assert.Equal(3, cluster.UpstreamCalls);
    }

    [Theory(Timeout = Patience.Milliseconds)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_has_waited_long_enough_for_a_first_piece_calls_by_itself(bool isStreamed)
    {
        var time = new FakeTimeProvider();
        await using var cluster = await CacheCluster.StartAsync(silos: 2, options => options.JoinTimeout = TimeSpan.FromSeconds(20), time);
        cluster.Provider(0).OnComplete = async (_, _) =>
        {
            await _go.Task;
            return Answer("late");
        };
        var leader = cluster.CompleteAsync(0);
        await cluster.GrainCalls.ReachAsync("cache", "JoinAsync", 1);
        var follower = isStreamed ? StreamedAsync(cluster) : WholeAsync(cluster);
        await cluster.GrainCalls.EnterAsync("flight", "StartEnumeration<T>", 1);
        await Until.TrueAsync("it has given up", () =>
        {
            // Its timer is set a moment after it has found the flight.
            time.Advance(TimeSpan.FromSeconds(10));
            return Task.FromResult(follower.IsCompleted);
        });

        Assert.Equal(("ok", ChatCacheResult.Miss), await follower);
        _go.SetResult();
        Assert.Equal("late", (await leader).Response!.Choices.Single().Message!.Content);
    }

    private static async Task<(string?, ChatCacheResult)> WholeAsync(CacheCluster cluster)
    {
        var outcome = await cluster.CompleteAsync(1);
        return (outcome.Response!.Choices.Single().Message!.Content, outcome.Route!.Cache);
    }

    private static async Task<(string?, ChatCacheResult)> StreamedAsync(CacheCluster cluster)
    {
        var events = await cluster.StreamAsync(1);
        return (string.Concat(events.Select(one => one.Chunk?.Choices[0].Delta.Content)), events[0].Started!.Cache);
    }
}
