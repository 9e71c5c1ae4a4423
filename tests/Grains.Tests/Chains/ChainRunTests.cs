using Prism.Chains;
using Prism.Chat;
using Prism.Tests.Cluster;

namespace Prism.Tests.Chains;

/// <summary>Runs as a client sees them, on one silo.</summary>
[Collection(ChatCluster.Collection)]
public sealed class ChainRunTests : IAsyncLifetime
{
    private const string TwoSteps =
        """
        {"steps":[{"template":"Summarize this: {{ article }}","output_key":"summary"},
                  {"template":"Extract key points from: {{ summary }}","output_key":"key_points"}],
         "inputs":{"article":"Once."}}
        """;

    private ChainCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ChainCluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact(Timeout = 120_000)]
    public async Task The_chain_of_the_reference_runs_to_its_end()
    {
        var run = await _cluster.RunAsync(TwoSteps);

        Assert.Equal(ChainRunStatus.Succeeded, run.Status);
        Assert.Equal("<Summarize this: Once.>", run.Outputs["summary"].GetString());
        Assert.Equal("<Extract key points from: <Summarize this: Once.>>", run.Outputs["key_points"].GetString());
        Assert.Equal("Once.", run.Inputs["article"].GetString());
        Assert.Equal(ChatUsage.Of(6, 4), run.Usage);
        Assert.All(run.Steps, step => Assert.Equal((1, "vendor", "gpt-4o"), (step.Attempts, step.Provider, step.Model)));
        Assert.True(run.CreatedAt <= run.Steps[0].StartedAt && run.Steps[1].FinishedAt <= run.FinishedAt);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_step_costs_at_most_two_writes()
    {
        await _cluster.RunAsync(TwoSteps);

        // The start with the first claim; the first outcome with the second claim; the second outcome with the end.
        Assert.Equal(3, _cluster.Storage.RunWrites.Count);
    }
}
