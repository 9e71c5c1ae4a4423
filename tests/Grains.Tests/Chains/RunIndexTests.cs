using Prism.Grains.Chains.Index;
using Prism.Grains.Chains.Running;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;
using Prism.Tests.Chat;
using Prism.Tests.Cluster;
using static Prism.Tests.Chains.ChainCluster;

namespace Prism.Tests.Chains;

/// <summary>The list of an owner's runs, and what becomes of them in time.</summary>
[Collection(ChatCluster.Collection)]
public sealed class RunIndexTests
{
    private const string OneStep = """{"steps":[{"template":"x","output_key":"a"}]}""";
    private const string Failing = """{"steps":[{"template":"{{ n.x.y }}","output_key":"a"}],"inputs":{"n":{} } }""";

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Runs_are_listed_newest_first_each_owner_its_own()
    {
        await using var cluster = await ChainCluster.StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await RunAsync(cluster, i == 3 ? Failing : OneStep, "ann"));
        }

        await RunAsync(cluster, OneStep, "bob");
        await CloseAllAsync(cluster, ids);
        ids.Reverse();

        var all = await cluster.Chains.ListAsync("ann", new(), default);
        Assert.Equal(ids, all.Runs.Select(run => run.Id));
        Assert.Null(all.Next);
        Assert.All(all.Runs, run => Assert.True(run.IsFinished && run.FinishedAt is not null));

        var first = await cluster.Chains.ListAsync("ann", new() { Limit = 2 }, default);
        var second = await cluster.Chains.ListAsync("ann", new() { Limit = 2, After = first.Next }, default);
        var third = await cluster.Chains.ListAsync("ann", new() { Limit = 2, After = second.Next }, default);
        Assert.Equal(ids, first.Runs.Concat(second.Runs).Concat(third.Runs).Select(run => run.Id));
        Assert.Null(third.Next);

        var failed = await cluster.Chains.ListAsync("ann", new() { Status = ChainRunStatus.Failed }, default);
        Assert.Equal([ids[1]], failed.Runs.Select(run => run.Id));
        Assert.Empty((await cluster.Chains.ListAsync("nobody", new(), default)).Runs);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_run_is_in_the_list_before_it_ends()
    {
        await using var cluster = await ChainCluster.StartAsync();
        var upstream = new UpstreamWait();
        cluster.OnPrompt = (_, token) => WaitAsync(upstream, token);
        var id = (await cluster.StartAsync(OneStep)).Run!.Id;

        var run = Assert.Single((await cluster.Chains.ListAsync("", new() { Status = ChainRunStatus.Running }, default)).Runs);

        Assert.Equal((id, ChainRunStatus.Running, null), (run.Id, run.Status, run.FinishedAt));
    }

    [Theory(Timeout = Patience.Milliseconds)]
    [InlineData(0, null, "'limit' must be from 1 to 100, not 0.")]
    [InlineData(101, null, "'limit' must be from 1 to 100, not 101.")]
    [InlineData(5, "yesterday", "'after' must be the 'next' of a list of runs.")]
    public async Task A_question_that_cannot_be_right_is_answered_with_an_error(int limit, string? after, string message)
    {
        await using var cluster = await ChainCluster.StartAsync();

        Assert.Equal(message, (await cluster.Chains.ListAsync("", new() { Limit = limit, After = after }, default)).Error?.Message);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_shelf_that_is_full_is_followed_by_another()
    {
        await using var cluster = await ChainCluster.StartAsync();
        var index = cluster.Grains.GetGrain<IRunIndexWriter>(GrainKeys.Runs("ann"));
        var now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var runs = Enumerable.Range(0, RunPartitionGrain.Capacity + 100)
            .Select(i => new RunSummary { Id = $"run_{i:D4}", Status = ChainRunStatus.Running, CreatedAt = now.AddSeconds(i) }).ToArray();

        var shelves = await Task.WhenAll(runs.Select(index.AddAsync));
        var newest = shelves.Max()!;
        var again = await index.AddAsync(runs[Array.IndexOf(shelves, newest)]);

        Assert.Equal([RunPartitionGrain.Capacity, 100], shelves.GroupBy(shelf => shelf).Select(shelf => shelf.Count()).OrderDescending());
        Assert.Equal(newest, again);
        Assert.Equal(runs.Length, (await ReadAllAsync(cluster)).Distinct().Count());
        Assert.Equal(runs.Length, (await ReadAllAsync(cluster)).Count);
        Assert.NotEqual(newest, await index.AddAsync(runs[0] with { Id = "run_next", CreatedAt = now.AddDays(1) }));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Runs_are_deleted_when_their_time_has_come_and_leave_nothing()
    {
        await using var cluster = await ChainCluster.StartAsync(configure: options =>
            (options.RunRetention, options.WakePeriod) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));
        var empty = new TaskCompletionSource();
        cluster.Storage.OnCleared = () =>
        {
            if (cluster.Storage.Count(StorageNames.RunState) + cluster.Storage.Count(StorageNames.RunPartitionState) == 0)
            {
                empty.TrySetResult();
            }
        };

        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RunAsync(cluster, OneStep, "ann")));
        await empty.Task.WaitAsync(Patience.Limit);

        Assert.All(ids, id => Assert.False(cluster.Storage.Has(cluster.Run(id).GetGrainId())));
        Assert.Null(await cluster.Chains.GetAsync(ids[0], default));
        Assert.Empty((await cluster.Chains.ListAsync("ann", new(), default)).Runs);
        Assert.Empty(cluster.Reminders.Of("chain"));
        Assert.Empty(cluster.Reminders.Of("runshelf"));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_run_that_has_not_ended_is_not_deleted()
    {
        await using var cluster = await ChainCluster.StartAsync();
        var upstream = new UpstreamWait();
        cluster.OnPrompt = (_, token) => WaitAsync(upstream, token);
        var id = (await cluster.StartAsync(OneStep)).Run!.Id;
        var record = cluster.Grains.GetGrain<IRunControl>(id);

        Assert.False(await record.DeleteAsync());
        Assert.NotNull(await cluster.Chains.GetAsync(id, default));

        await cluster.Chains.CancelAsync(id, default);
        Assert.True(await record.DeleteAsync());
        Assert.Null(await cluster.Chains.GetAsync(id, default));
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task What_began_without_a_run_clears_itself_away()
    {
        await using var cluster = await ChainCluster.StartAsync();
        var id = GrainKeys.NewRun();
        var shelf = await cluster.Grains.GetGrain<IRunIndexWriter>(GrainKeys.Runs(""))
            .AddAsync(new() { Id = id, Status = ChainRunStatus.Running, CreatedAt = TimeProvider.System.GetUtcNow() });

        await cluster.Grains.GetGrain<IRemindable>(cluster.Run(id).GetGrainId()).ReceiveReminder(shelf, default);

        Assert.Empty((await cluster.Chains.ListAsync("", new(), default)).Runs);
    }

    private static async Task<string> RunAsync(ChainCluster cluster, string definition, string owner) =>
        (await cluster.EndOfAsync((await cluster.StartAsync(definition, owner: owner)).Run!.Id)).Id;

    // A run is closed behind its end; its activation does not end before that.
    private static Task CloseAllAsync(ChainCluster cluster, IEnumerable<string> ids) =>
        Task.WhenAll(ids.Select(id => cluster.DeactivateAsync(cluster.Run(id))));

    private static async Task<List<string>> ReadAllAsync(ChainCluster cluster)
    {
        var (ids, next) = (new List<string>(), default(string));
        do
        {
            var page = await cluster.Chains.ListAsync("ann", new() { Limit = 100, After = next }, default);
            ids.AddRange(page.Runs.Select(run => run.Id));
            next = page.Next;
        }
        while (next is not null);

        return ids;
    }
}
