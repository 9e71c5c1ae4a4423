using System.Globalization;
using Prism.Tests.Processes;

namespace Prism.Tests.Cache;

/// <summary>One call upstream for all who ask the same, and what becomes of them when the silo that makes it is killed.</summary>
[Collection(Lanes.Moments)]
public sealed class SharedCallTests
{
    private static readonly TimeSpan Deadline = Patience.Limit;

    [Fact]
    public async Task Five_hundred_identical_requests_on_three_silos_are_one_call_with_one_text()
    {
        await using var upstream = await Numbered.StartAsync();
        await PrismCluster.RunAsync(silos: 3, async cluster =>
        {
            var readings = Enumerable.Range(0, 500).Select(i => Reading.Begin(cluster.Silos[i % 3], i % 2 == 0)).ToList();
            await InFlightAsync(cluster.Silos, 500);
            upstream.Finish(1);
            await Task.WhenAll(readings.Select(reading => reading.Ended)).WaitAsync(Deadline);

            Assert.Equal(1, upstream.Calls);
            Assert.All(readings, reading => Assert.Equal((Numbered.TextOf(1), true, null), (reading.Text, reading.IsWhole, reading.Error)));
            Assert.Single(readings, reading => reading.Cache == "miss");
            Assert.All(readings, reading => Assert.Contains(reading.Cache, (string[])["miss", "joined", "hit"]));
        }, upstream.Settings);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_leaders_silo_killed_before_the_first_token_is_a_second_call_that_nobody_notices(bool leaderStreams)
    {
        await using var upstream = await Numbered.StartAsync();
        await PrismCluster.RunAsync(silos: 3, async cluster =>
        {
            var (readings, _) = await FollowAsync(cluster, upstream, leaderStreams);
            await cluster.Silos[0].KillAsync();
            upstream.Finish(2);
            await Task.WhenAll(readings.Select(reading => reading.Ended)).WaitAsync(Deadline);

            Assert.Equal(2, upstream.Calls);
            Assert.All(readings, reading => Assert.Equal((Numbered.TextOf(2), true, null), (reading.Text, reading.IsWhole, reading.Error)));
        }, upstream.Settings);
    }

    [Fact]
    public async Task The_leaders_silo_killed_in_the_middle_ends_streams_in_an_error_and_splices_nothing()
    {
        await using var upstream = await Numbered.StartAsync();
        await PrismCluster.RunAsync(silos: 3, async cluster =>
        {
            var (readings, _) = await FollowAsync(cluster, upstream, leaderStreams: true);
            upstream.Begin(1);
            await Task.WhenAll(readings.Where(reading => reading.IsStreamed).Select(reading => reading.Half)).WaitAsync(Deadline);
            await cluster.Silos[0].KillAsync();
            upstream.Finish(2);
            await Task.WhenAll(readings.Select(reading => reading.Ended)).WaitAsync(Deadline);

            Assert.InRange(upstream.Calls, 1, 2);
            Assert.All(readings.Where(reading => reading.IsStreamed), reading =>
            {
                Assert.Equal((Numbered.HalfOf(1), false), (reading.Text, reading.IsWhole));
                Assert.NotNull(reading.Error);
            });
            // Nothing of the first answer had gone to those who wait for the whole.
            Assert.All(readings.Where(reading => !reading.IsStreamed), reading =>
                Assert.Equal((Numbered.TextOf(2), true, null), (reading.Text, reading.IsWhole, reading.Error)));
        }, upstream.Settings);
    }

    [Fact]
    public async Task A_cleared_cache_is_empty_on_every_silo() => await PrismCluster.RunAsync(silos: 3, async cluster =>
    {
        foreach (var silo in cluster.Silos)
        {
            await CacheResultAsync(silo, "hit");
        }

        using var cleared = await cluster.Silos[1].Http.DeleteAsync("/cache");
        Assert.Equal("""{"status":"cleared"}""", await cleared.Content.ReadAsStringAsync());

        var after = Reading.Begin(cluster.Silos[2], isStreamed: false);
        await after.Ended;
        Assert.Equal("miss", after.Cache);
    }, ("LLM_CACHE_ENABLED", "true"));

    [Fact]
    public async Task Stored_answers_outlive_every_silo() => await PrismCluster.RunAsync(silos: 1, async cluster =>
    {
        await CacheResultAsync(cluster.Silos[0], "hit");
        await cluster.Silos[0].StopAsync();
        await cluster.AddAsync(1);

        var reading = Reading.Begin(cluster.Silos[1], isStreamed: true);
        await reading.Ended;
        Assert.Equal(("hit", "The same for all."), (reading.Cache, reading.Text));
    }, ("LLM_CACHE_ENABLED", "true"));

    [Fact]
    public async Task Without_Redis_requests_are_answered_without_the_cache() => await PrismCluster.RunAsync(silos: 1, async cluster =>
    {
        await CacheResultAsync(cluster.Silos[0], "hit");
        await cluster.Redis.GoAwayAsync();
        for (var i = 0; i < 5; i++)
        {
            using var response = await cluster.Silos[0].Http.PostAsync(
                "/v1/chat", new StringContent($$"""{"messages":[{"role":"user","content":"{{i}}"}]}""", null, "application/json"));
            Assert.True(response.IsSuccessStatusCode);
        }

        await cluster.Redis.ComeBackAsync();
        await CacheResultAsync(cluster.Silos[0], "hit");
    }, ("LLM_CACHE_ENABLED", "true"));

    // The leader's client on the first silo, its followers on the other two, half of them streams.
    private static async Task<(List<Reading> Followers, Reading Leader)> FollowAsync(PrismCluster cluster, Numbered upstream, bool leaderStreams)
    {
        var leader = Reading.Begin(cluster.Silos[0], leaderStreams);
        await Until.TrueAsync("the first call is made", Deadline, () => Task.FromResult(upstream.Calls == 1));
        var followers = Enumerable.Range(0, 200).Select(i => Reading.Begin(cluster.Silos[1 + (i % 2)], i / 2 % 2 == 0)).ToList();
        await InFlightAsync(cluster.Silos, 201);
        // Its client is cut off with it.
        _ = leader.Ended.ContinueWith(task => task.Exception, TaskScheduler.Default);
        return (followers, leader);
    }

    private static Task InFlightAsync(IReadOnlyList<PrismProcess> silos, int count) => Until.TrueAsync($"{count} requests are in flight", Deadline, async () =>
    {
        var pages = await Task.WhenAll(silos.Select(silo => silo.Http.GetStringAsync("/metrics")));
        return pages.SelectMany(page => page.Split('\n'))
            .Where(line => line.StartsWith("llm_inflight_requests{", StringComparison.Ordinal))
            .Sum(line => int.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)) == count;
    });

    private static Task CacheResultAsync(PrismProcess silo, string expected) => Until.TrueAsync($"{silo.Name} says {expected}", Deadline, async () =>
    {
        var reading = Reading.Begin(silo, isStreamed: false);
        await reading.Ended;
        return reading.Cache == expected;
    });
}
