using System.Text.Json;
using Prism.Tests.Processes;
using Xunit.Abstractions;

namespace Prism.Tests.Chains;

/// <summary>Runs that have a call under way when their silos die or freeze, and what becomes of that call.</summary>
[Collection(Lanes.Moments), Trait("Suite", "Long")]
public sealed class TakenOverTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Runs_whose_silos_are_all_killed_go_on_at_once_where_somebody_asks_and_else_within_75_s()
    {
        const int Runs = 20;
        await using var upstream = await CountedUpstream.StartAsync();
        upstream.Before = (call, left) => IsFirstOfSecondStep(upstream, call) ? Task.Delay(Timeout.Infinite, left) : Task.CompletedTask;
        await PrismCluster.RunAsync(silos: 3, async cluster =>
        {
            await StartAsync(cluster, Runs, upstream, leftOut: null);

            var died = TimeProvider.System.GetTimestamp();
            await Task.WhenAll(cluster.Silos.Select(silo => silo.KillAsync()));
            await cluster.AddAsync(3);
            var back = TimeProvider.System.GetElapsedTime(died);
            await Task.WhenAll(Enumerable.Range(0, Runs / 2).Select(run => EndAsync(cluster, run, leftOut: null)));
            var asked = TimeProvider.System.GetElapsedTime(died) - back;
            await Until.TrueAsync("the others have gone on", Patience.Limit, () => Task.FromResult(
                upstream.Calls.Values.Where(IsOfSecondStep).CountBy(call => call.Prompt).All(prompt => prompt.Value > 1)));
            var unasked = TimeProvider.System.GetElapsedTime(died);

            output.WriteLine($"Silos again after {back}; what was asked for had ended {asked} later, the rest has gone on {unasked} after the death.");
            Assert.InRange(asked, TimeSpan.Zero, TimeSpan.FromSeconds(5));
            Assert.InRange(unasked, TimeSpan.Zero, TimeSpan.FromSeconds(75));
            for (var run = 0; run < Runs; run++)
            {
                AssertHasLastAnswer(run, await EndAsync(cluster, run, leftOut: null), upstream);
            }
        }, upstream.Settings);
    }

    [Fact]
    public async Task A_silo_that_was_frozen_for_20_s_records_nothing_of_what_others_have_taken_over()
    {
        const int Runs = 30;
        await using var upstream = await CountedUpstream.StartAsync();
        var thaw = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        upstream.Before = (call, left) => IsFirstOfSecondStep(upstream, call) ? thaw.Task.WaitAsync(left) : Task.CompletedTask;
        await PrismCluster.RunAsync(silos: 3, async cluster =>
        {
            var frozen = cluster.Silos[0];
            await StartAsync(cluster, Runs, upstream, leftOut: frozen);

            var froze = TimeProvider.System.GetTimestamp();
            await frozen.FreezeAsync();
            var running = Enumerable.Range(0, Runs).Select(run => EndAsync(cluster, run, leftOut: frozen)).ToList();
            await Until.TrueAsync("20 s are over", Patience.Limit, () => Task.FromResult(TimeProvider.System.GetElapsedTime(froze) > TimeSpan.FromSeconds(20)));
            var takenOver = running.Index().Where(run => run.Item.IsCompleted).ToList();
            // The answers that it has been waiting for are there when it wakes up.
            thaw.SetResult();
            await frozen.ThawAsync();
            // It finds that the others hold it for dead, and ends.
            await frozen.WaitForExitAsync(TimeSpan.FromSeconds(30));
            await Task.WhenAll(running);

            output.WriteLine($"{takenOver.Count} of {Runs} runs were taken over.");
            Assert.NotEmpty(takenOver);
            foreach (var (run, before) in takenOver)
            {
                var after = await EndAsync(cluster, run, leftOut: frozen);
                Assert.Equal((await before).GetRawText(), after.GetRawText());
            }

            for (var run = 0; run < Runs; run++)
            {
                AssertHasLastAnswer(run, await running[run], upstream);
            }
        }, upstream.Settings);
    }

    private static string BodyOf(int run) =>
        $$$"""{"steps":[{"template":"{{{run}}} a","output_key":"a"},{"template":"{{{run}}} b {{ a }}","output_key":"b"}],"wait":10}""";

    private static string KeyOf(int run) => $"run {run}";

    private static bool IsOfSecondStep(CountedCall call) => call.Prompt.Contains('b', StringComparison.Ordinal);

    private static bool IsFirstOfSecondStep(CountedUpstream upstream, CountedCall call) => IsOfSecondStep(call) && upstream.CallsOf(call.Prompt).Count == 1;

    // Ends when all of them have the call of their second step under way.
    private static async Task StartAsync(PrismCluster cluster, int runs, CountedUpstream upstream, PrismProcess? leftOut)
    {
        await Task.WhenAll(Enumerable.Range(0, runs).Select(run => new ApiClient(cluster, new Random(run), leftOut).StartAsync(BodyOf(run), KeyOf(run))));
        await Until.TrueAsync("all are in their second step", Patience.Limit, () => Task.FromResult(upstream.Calls.Values.Count(IsOfSecondStep) == runs));
    }

    private static Task<JsonElement> EndAsync(PrismCluster cluster, int run, PrismProcess? leftOut) =>
        new ApiClient(cluster, new Random(run), leftOut).RunAsync(BodyOf(run), KeyOf(run));

    // The same claim whoever called, and nothing of what was called before.
    private static void AssertHasLastAnswer(int run, JsonElement ended, CountedUpstream upstream)
    {
        Assert.Equal("succeeded", ended.GetProperty("status").GetString());
        var outputs = ended.GetProperty("outputs");
        var calls = upstream.CallsOf($"{run} b {outputs.GetProperty("a").GetString()}");
        Assert.Equal($"#{calls[^1].Number}", outputs.GetProperty("b").GetString());
        Assert.Single(calls.Select(call => call.Key).Distinct());
        Assert.Equal(calls.Count, ended.GetProperty("steps")[1].GetProperty("attempts").GetInt32());
    }
}
