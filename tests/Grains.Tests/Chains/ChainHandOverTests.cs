using Prism.Grains.Interfaces.Chains;
using Prism.Tests.Chat;
using static Prism.Tests.Chains.ChainCluster;

namespace Prism.Tests.Chains;

/// <summary>A silo that is stopped hands its runs over, with no reminder and nobody who asks.</summary>
[Collection(KillingSilos.Name)]
public sealed class ChainHandOverTests
{
    [Fact(Timeout = Patience.Milliseconds)]
    public async Task A_run_whose_silo_is_stopped_goes_on_at_once_on_another()
    {
        await using var cluster = await ChainCluster.StartAsync(silos: 3, options => options.WakePeriod = TimeSpan.FromHours(1));
        var (stuck, goneOn) = (new UpstreamWait(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        cluster.OnPrompt = (prompt, token) =>
        {
            if (prompt == "first" || stuck.HasBeenEntered)
            {
                if (prompt != "first")
                {
                    goneOn.TrySetResult();
                }

                return Say($"<{prompt}>");
            }

            return WaitAsync(stuck, token);
        };
        var id = (await cluster.StartAsync(
            """{"steps":[{"template":"first","output_key":"a"},{"template":"second {{ a }}","output_key":"b"}]}""")).Run!.Id;
        await stuck.Entered;
        var stopped = cluster.SiloOf(id);

        await cluster.StopAsync(stopped);

        await goneOn.Task.WaitAsync(Patience.Limit);
        var run = await cluster.EndOfAsync(id);
        Assert.Equal((ChainRunStatus.Succeeded, "<second <first>>"), (run.Status, run.Outputs["b"].GetString()));
        Assert.NotEqual(stopped.SiloAddress, cluster.SiloOf(id).SiloAddress);
        // The first step was written, so it is not asked for again.
        Assert.Single(cluster.Calls, call => call.Request.Messages[^1].Content!.Text == "first");
    }
}
