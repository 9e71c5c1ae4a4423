using System.Text.Json;
using Prism.Tests.Processes;
using Xunit.Abstractions;

namespace Prism.Tests.Chains;

/// <summary>Runs with all that a chain can be made of while silos are killed, over a provider that counts its calls.</summary>
[Collection(Lanes.Moments)]
public sealed class KilledSilosTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Events_that_are_read_with_breaks_have_no_gap_and_no_double_though_a_silo_is_killed()
    {
        const int Runs = 10;
        const int Readers = 3;
        await using var upstream = await StartAsync(answersAfter: TimeSpan.FromMilliseconds(400));
        await PrismCluster.RunAsync(silos: 3, async cluster =>
        {
            var paths = await Task.WhenAll(Enumerable.Range(0, Runs).Select(run => ClientOf(cluster, run).StartAsync(Diamond.BodyOf(run), KeyOf(run))));
            var readings = paths
                .SelectMany(path => Enumerable.Repeat(path, Readers))
                .Select((path, seed) => ReadWithBreaksAsync(cluster, path, new Random(seed)))
                .ToList();
            await Until.TrueAsync("some calls are made", Patience.Limit, () => Task.FromResult(upstream.Calls.Count >= CallsOf(Runs) / 2));
            await cluster.Silos[2].KillAsync();
            var read = await Task.WhenAll(readings);

            for (var run = 0; run < Runs; run++)
            {
                var whole = await AssertRightAsync(cluster, run, paths[run], upstream);
                Assert.All(read[(Readers * run)..(Readers * (run + 1))], one => Assert.Equal(whole.Select(Describe), one.Select(Describe)));
            }

            AssertClaimedOnce(Runs, upstream);
        }, upstream.Settings);
    }

    [Fact, Trait("Suite", "Long")]
    public async Task Two_hundred_runs_end_right_while_a_silo_is_killed_every_10_s()
    {
        const int Runs = 200;
        await using var upstream = await StartAsync(answersAfter: TimeSpan.FromSeconds(1));
        await PrismCluster.RunAsync(silos: 3, async cluster =>
        {
            var running = RunAllAsync(cluster, Runs);
            var kills = await KillAsync(cluster, TimeSpan.FromSeconds(10), until: running);
            var ended = await running;

            output.WriteLine($"{kills} silos were killed; {upstream.Calls.Count} calls, of which {CallsOf(Runs)} were needed.");
            Assert.True(kills >= 3, $"Only {kills} were killed.");
            for (var run = 0; run < Runs; run++)
            {
                await AssertRightAsync(cluster, run, $"/v1/runs/{ended[run].GetProperty("id").GetString()}", upstream);
            }

            AssertClaimedOnce(Runs, upstream);
            Assert.InRange(upstream.Calls.Count, CallsOf(Runs), 1.2 * CallsOf(Runs));
        }, upstream.Settings);
    }

    private static async Task<CountedUpstream> StartAsync(TimeSpan answersAfter)
    {
        var upstream = await CountedUpstream.StartAsync();
        upstream.Before = (_, left) => Task.Delay(answersAfter, left);
        return upstream;
    }

    private static ApiClient ClientOf(PrismCluster cluster, int seed) => new(cluster, new Random(seed));

    private static string KeyOf(int run) => $"run {run}";

    private static Task<IReadOnlyList<RunEvent>> ReadWithBreaksAsync(PrismCluster cluster, string path, Random random) =>
        new EventReading(new ApiClient(cluster, random), path).ReadAsync(nextBreak: () => random.Next(1, 12));

    // A new one every quarter of a second, so that there are always some in each of their steps.
    private static async Task<JsonElement[]> RunAllAsync(PrismCluster cluster, int runs)
    {
        var running = new List<Task<JsonElement>>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(.25));
        for (var run = 0; run < runs; run++)
        {
            running.Add(ClientOf(cluster, run).RunAsync(Diamond.BodyOf(run), KeyOf(run)));
            await timer.WaitForNextTickAsync();
        }

        return await Task.WhenAll(running);
    }

    // The oldest, and a new one in its place.
    private static async Task<int> KillAsync(PrismCluster cluster, TimeSpan period, Task until)
    {
        var kills = 0;
        using var timer = new PeriodicTimer(period);
        while (await timer.WaitForNextTickAsync() && !until.IsCompleted)
        {
            await cluster.Silos.First(silo => !silo.HasExited).KillAsync();
            await cluster.Start().ReadyAsync();
            kills++;
        }

        return kills;
    }

    // Returns the run's events.
    private static async Task<IReadOnlyList<RunEvent>> AssertRightAsync(PrismCluster cluster, int run, string path, CountedUpstream upstream)
    {
        var client = ClientOf(cluster, run);
        Diamond.AssertRight(run, await client.GetAsync(path), upstream.Calls);
        var events = await new EventReading(client, path).ReadAsync();
        Diamond.AssertOnceEach(run, events);
        return events;
    }

    // Whoever takes a step over has the claim of who had it before.
    private static void AssertClaimedOnce(int runs, CountedUpstream upstream) =>
        Assert.Equal(CallsOf(runs), upstream.Calls.Values.DistinctBy(call => call.Key).Count());

    private static int CallsOf(int runs) => Enumerable.Range(0, runs).Sum(Diamond.CallsOf);

    private static string Describe(RunEvent one) => $"{one.Id} {one.Type} {one.Data.GetRawText()}";
}
