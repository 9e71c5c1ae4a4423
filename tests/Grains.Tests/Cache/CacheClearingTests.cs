using Prism.Grains.Cache;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Interfaces.Chat;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Cache;

/// <summary>Once the cache is said to be cleared, it is.</summary>
public sealed class CacheClearingTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CacheCluster _cluster = null!;
    private string _answer = "old";

    public async Task InitializeAsync()
    {
        _cluster = await CacheCluster.StartAsync();
        _cluster.OnEveryProvider(provider => provider.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Answer(_answer)));
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task No_silo_serves_an_answer_from_before()
    {
        string[] prompts = ["a", "b", "c", "d", "e", "f"];
        foreach (var prompt in prompts)
        {
            Assert.Equal(("old", ChatCacheResult.Miss), await CompleteAsync(0, prompt));
            Assert.Equal(("old", ChatCacheResult.Hit), await CompleteAsync(1, prompt));
        }

        _answer = "new";
        Assert.Null(await _cluster.Get<IResponseCache>(2).ClearAsync(CancellationToken.None));

        for (var i = 0; i < prompts.Length; i++)
        {
            Assert.Equal(("new", ChatCacheResult.Miss), await CompleteAsync(i % 3, prompts[i]));
        }
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_call_that_was_under_way_does_not_bring_an_old_answer_back()
    {
        _cluster.Provider(0).OnComplete = async (_, _) =>
        {
            await _go.Task;
            return Answer("old");
        };
        var underWay = _cluster.CompleteAsync(0);
        await _cluster.GrainCalls.ReachAsync("cache", "JoinAsync", 1);

        _answer = "new";
        Assert.Null(await _cluster.Get<IResponseCache>(1).ClearAsync(CancellationToken.None));
        var during = await _cluster.CompleteAsync(1);
        _go.SetResult();
        Assert.Equal("old", (await underWay).Response!.Choices.Single().Message!.Content);
        await _cluster.SettledAsync();

        Assert.Equal(ChatCacheResult.Miss, during.Route!.Cache);
        Assert.Equal(("new", ChatCacheResult.Hit), await CompleteAsync(0, "hello"));
        Assert.Equal(("new", ChatCacheResult.Hit), await CompleteAsync(2, "hello"));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_silo_that_comes_later_serves_nothing_from_before_either()
    {
        await CompleteAsync(0, "hello");
        Assert.Null(await _cluster.Get<IResponseCache>(0).ClearAsync(CancellationToken.None));
        await _cluster.StartAnotherAsync();

        Assert.Equal(1, _cluster.Get<CacheEpoch>(3).Value);
        Assert.Equal(ChatCacheResult.Miss, (await _cluster.CompleteAsync(3)).Route!.Cache);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_dead_silo_does_not_keep_the_others_from_clearing()
    {
        await CompleteAsync(0, "hello");
        await _cluster.KillAsync(1);
        _answer = "new";

        Assert.Null(await _cluster.Get<IResponseCache>(0).ClearAsync(CancellationToken.None));

        Assert.Equal(("new", ChatCacheResult.Miss), await CompleteAsync(1, "hello"));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Without_its_storage_it_says_that_it_is_not_cleared()
    {
        _cluster.Storage.IsAway = true;

        var error = await _cluster.Get<IResponseCache>(0).ClearAsync(CancellationToken.None);

        Assert.Equal(ChatErrorKind.Overloaded, error!.Kind);
        _cluster.Storage.IsAway = false;
        Assert.Null(await _cluster.Get<IResponseCache>(0).ClearAsync(CancellationToken.None));
    }

    private async Task<(string?, ChatCacheResult)> CompleteAsync(int silo, string prompt)
    {
        var outcome = await _cluster.CompleteAsync(silo, Ask(prompt));
        await _cluster.SettledAsync();
        return (outcome.Response!.Choices.Single().Message!.Content, outcome.Route!.Cache);
    }
}
