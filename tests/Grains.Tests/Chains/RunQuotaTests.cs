using Prism.Grains.Chains.Index;
using Prism.Grains.Chains.Running;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Tests.Chat;
using Prism.Tests.Cluster;
using static Prism.Tests.Chains.ChainCluster;

namespace Prism.Tests.Chains;

/// <summary>The quotas of an owner's runs over the death of what counts them.</summary>
[Collection(ChatCluster.Collection)]
public sealed class RunQuotaTests
{
    private const string OneStep = """{"steps":[{"template":"x","output_key":"a"}]}""";

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Whoever_counts_anew_comes_to_the_same()
    {
        await using var cluster = await StartAsync(silos: 1, active: 2, runs: 3);
        var upstream = new UpstreamWait();
        cluster.OnPrompt = (_, token) => WaitAsync(upstream, token);
        var active = (await cluster.StartAsync(OneStep)).Run!.Id;
        cluster.OnPrompt = (prompt, _) => Say(prompt);
        await cluster.RunAsync(OneStep);
        await cluster.RunAsync(OneStep);
        await cluster.DeactivateAsync(Index(cluster));

        var third = await cluster.StartAsync(OneStep);
        Assert.Equal(("too_many_runs", 3, 3), (third.Error?.Code, third.Error?.Quota?.Used, third.Error?.Quota?.Limit));

        await cluster.Chains.CancelAsync(active, default);
        Assert.True(await cluster.Chains.DeleteAsync(active, default));
        await cluster.DeactivateAsync(Index(cluster));
        Assert.Null((await cluster.StartAsync(OneStep)).Error);
        Assert.Equal("too_many_runs", (await cluster.StartAsync(OneStep)).Error?.Code);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task Starts_at_the_same_time_through_a_silo_that_dies_keep_to_it()
    {
        await using var cluster = await StartAsync(silos: 2, active: 100, runs: 10);

        var starts = Task.WhenAll(Enumerable.Range(0, 40).Select(i => cluster.StartAsync(OneStep, $"{i}")));
        await cluster.KillAsync(cluster.Silos[1]);
        var outcomes = await starts;

        var refused = outcomes.Where(outcome => outcome.Error is not null).ToList();
        Assert.All(refused, outcome => Assert.Equal((ChatErrorKind.Conflict, "too_many_runs"), (outcome.Error!.Kind, outcome.Error.Code)));
        var listed = (await cluster.Chains.ListAsync("", new() { Limit = 100 }, default)).Runs.Select(run => run.Id).ToHashSet();
        Assert.InRange(outcomes.Length - refused.Count, 1, 10);
        Assert.InRange(listed.Count, outcomes.Length - refused.Count, 10);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task What_was_counted_and_never_came_to_be_makes_room()
    {
        await using var cluster = await StartAsync(silos: 1, active: 1, runs: 10);
        var id = GrainKeys.NewRun();
        var admitted = await cluster.Grains.GetGrain<IRunIndexWriter>(GrainKeys.Runs(""))
            .AdmitAsync(new() { Id = id, Status = ChainRunStatus.Running, CreatedAt = TimeProvider.System.GetUtcNow() });
        Assert.Equal("too_many_active_runs", (await cluster.StartAsync(OneStep)).Error?.Code);

        await cluster.Grains.GetGrain<IRunControl>(id).CheckAsync(admitted.Shelf!);

        Assert.Null((await cluster.StartAsync(OneStep)).Error);
        Assert.DoesNotContain((await cluster.Chains.ListAsync("", new(), default)).Runs, run => run.Id == id);
    }

    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_deletion_that_is_cut_short_is_made_up_for()
    {
        await using var cluster = await StartAsync(silos: 1, active: 10, runs: 1);
        var id = (await cluster.RunAsync(OneStep)).Id;
        await cluster.DeactivateAsync(cluster.Run(id));
        // The row is gone, and the shelf was never told.
        Assert.True(await cluster.Grains.GetGrain<IRunControl>(id).DeleteAsync());
        var shelf = GrainKeys.RunPartition(GrainKeys.Runs(""), 0);

        await cluster.Grains.GetGrain<IRemindable>(cluster.Run(id).GetGrainId()).ReceiveReminder(shelf, default);

        Assert.Null((await cluster.StartAsync(OneStep)).Error);
    }

    private static Task<ChainCluster> StartAsync(short silos, int active, int runs) =>
        ChainCluster.StartAsync(silos, quotas: quotas => (quotas.ActiveRuns, quotas.Runs) = (active, runs));

    private static IRunIndexGrain Index(ChainCluster cluster) => cluster.Grains.GetGrain<IRunIndexGrain>(GrainKeys.Runs(""));
}
