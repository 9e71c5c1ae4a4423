using Prism.Tests.Processes;
using Xunit.Abstractions;

namespace Prism.Tests.Overload;

/// <summary>Five times the requests that a silo can work on.</summary>
[Collection(Lanes.Moments), Trait("Suite", "Long")]
public sealed class OverloadTests(ITestOutputHelper output)
{
    private const int Concurrent = 20;

    // Two words of 100 ms each: so many a second are what it can do.
    private const string Prompt = "two words";
    private const int Capacity = 100;

    [Fact]
    public Task Most_of_what_can_be_answered_is_and_afterwards_all_of_it() => PrismCluster.RunAsync(silos: 1, async cluster =>
    {
        var silo = cluster.Silos[0];
        var load = new OpenLoad(silo, Prompt);
        await Task.WhenAll(await load.SendAsync(Capacity / 2, TimeSpan.FromSeconds(2)));

        var peak = await GoodputAsync(load, Capacity * 1.2, TimeSpan.FromSeconds(5));
        var probes = ProbeAsync(silo, TimeSpan.FromSeconds(10));
        var overloaded = await GoodputAsync(load, Capacity * 5, TimeSpan.FromSeconds(10));
        var slowestProbe = await probes;
        // One at a time, so that it is for the gate alone whether they are refused, and not for how fast the machine is.
        var afterwards = load.Ends.Count;
        for (var i = 0; i < Concurrent; i++)
        {
            await Task.WhenAll(await load.SendAsync(1, TimeSpan.FromMilliseconds(1)));
        }

        output.WriteLine(
            $"{peak:0} a second at the peak, {overloaded:0} at five times the capacity; probes took {slowestProbe.TotalMilliseconds:0} ms at the most.");
        // Half of it: a service that collapses answers hardly any. How much it is on a quiet machine is a benchmark.
        Assert.True(overloaded >= 0.5 * peak, $"{overloaded:0} a second of {peak:0}.");
        Assert.All(load.Ends.OrderBy(end => end.At).Skip(afterwards), end => Assert.Equal(200, end.Status));
        Assert.DoesNotContain(load.Ends, end => end.Status is not (200 or 503));
    }, ("LLM_MAX_CONCURRENT_REQUESTS", $"{Concurrent}"), ("LLM_MAX_QUEUED_REQUESTS", "20"), ("LLM_ECHO_DELAY_MS", "100"));

    // Answers a second, without the time in which those are answered that came last.
    private static async Task<double> GoodputAsync(OpenLoad load, double perSecond, TimeSpan duration)
    {
        var from = load.Now;
        var underWay = await load.SendAsync(perSecond, duration);
        var to = load.Now;
        await Task.WhenAll(underWay);
        return load.Ends.Count(end => end.Status == 200 && end.At > from && end.At <= to) / (to - from).TotalSeconds;
    }

    private static async Task<TimeSpan> ProbeAsync(PrismProcess silo, TimeSpan duration)
    {
        var (began, slowest) = (TimeProvider.System.GetTimestamp(), TimeSpan.Zero);
        // A connection of its own, as a probe has.
        using var probe = new HttpClient { BaseAddress = silo.Http.BaseAddress };
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (TimeProvider.System.GetElapsedTime(began) < duration)
        {
            var asked = TimeProvider.System.GetTimestamp();
            Assert.Equal("""{"status":"ok"}""", await probe.GetStringAsync("/healthz/ready"));
            var took = TimeProvider.System.GetElapsedTime(asked);
            slowest = took > slowest ? took : slowest;
            await timer.WaitForNextTickAsync();
        }

        return slowest;
    }
}
