using Prism.Tests.Processes;
using Xunit.Abstractions;

namespace Prism.Tests.Limits;

/// <summary>Limits over real processes, counted where it matters: at the provider.</summary>
public sealed class LimitsTests(ITestOutputHelper output)
{
    private static readonly double[] Skew = [.9, .05, .05];

    [Fact]
    public async Task A_burst_over_three_silos_gets_what_is_allowed_and_no_more()
    {
        await using var upstream = await MeteredUpstream.StartAsync();
        await PrismCluster.RunAsync(silos: 3, async cluster =>
        {
            var load = new SkewedLoad();
            await load.RunAsync(() => cluster.Silos, Skew, perSecond: 30, TimeSpan.FromSeconds(5));

            Report(load, upstream);
            Assert.InRange(upstream.Calls.Count, 90, 100);
            Assert.Equal((upstream.Calls.Count, load.Sent - upstream.Calls.Count), (load.Answered, load.Ends["TooManyRequests"]));
        }, [.. upstream.Settings, ("LLM_OPENAI_REQUESTS_PER_MINUTE", "100")]);
    }

    [Fact, Trait("Suite", "Long")]
    public async Task A_thousand_requests_a_minute_are_admitted_of_three_thousand_and_never_more()
    {
        await using var upstream = await MeteredUpstream.StartAsync();
        await PrismCluster.RunAsync(silos: 3, async cluster =>
        {
            var load = new SkewedLoad();
            var from = upstream.Now;
            await load.RunAsync(() => cluster.Silos, Skew, perSecond: 50, TimeSpan.FromMinutes(3));
            var to = upstream.Now;

            Report(load, upstream);
            var (most, least) = (Windows.Most(upstream.Calls), Windows.Least(upstream.Calls, from, to));
            output.WriteLine($"{least} to {most} in any 60 s.");
            Assert.InRange(most, 900, 1_000);
            Assert.InRange(least, 900, 1_000);
            Assert.Equal(load.Sent, load.Ends["TooManyRequests"] + load.Answered);
        }, [.. upstream.Settings, ("LLM_OPENAI_REQUESTS_PER_MINUTE", "1000")]);
    }

    private void Report(SkewedLoad load, MeteredUpstream upstream) => output.WriteLine(
        $"{load.Sent} sent, {upstream.Calls.Count} at the provider with {upstream.Tokens} tokens; {string.Join(", ", load.Ends.Select(end => $"{end.Value} {end.Key}"))}.");
}
