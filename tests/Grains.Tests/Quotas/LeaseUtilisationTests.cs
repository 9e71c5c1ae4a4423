using Prism.Grains.Quotas;
using Prism.Tests.Quotas.Simulation;
using Xunit.Abstractions;

namespace Prism.Tests.Quotas;

/// <summary>What is allowed can also be had, by whoever wants it, and costs few calls.</summary>
public sealed class LeaseUtilisationTests(ITestOutputHelper output)
{
    // Ten times window and life of a block: a shorter last round would count as a whole one.
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(620);

    // Limit a minute, demand as a multiple of it, its shares over the silos, whether requests queue.
    public static TheoryData<int, double, double[], bool> Demands
    {
        get
        {
            var data = new TheoryData<int, double, double[], bool>();
            foreach (var limit in new[] { 30, 600, 2_400 })
            {
                foreach (var demand in new[] { 1.2, 3 })
                {
                    foreach (var queues in new[] { false, true })
                    {
                        data.Add(limit, demand, [1], queues);
                        data.Add(limit, demand, [.9, .05, .05], queues);
                    }
                }
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Demands))]
    public void Nine_tenths_of_a_request_limit_can_be_used(int limit, double demand, double[] shares, bool queues)
    {
        var (cluster, world) = Run(
            new() { RequestsPerMinute = limit }, shares.Select(share => share * limit / 60 * demand), queues, _ => new(0, 0, TimeSpan.FromSeconds(1)));

        var admitted = cluster.Silos.Sum(silo => silo.Admissions.Count);
        output.WriteLine($"{admitted / (limit * Duration.TotalMinutes):P1} of the limit, {cluster.Calls / world.Seconds:F2} calls/s");
        Assert.InRange(admitted, limit * Duration.TotalMinutes * 0.9, double.MaxValue);
    }

    [Theory]
    [InlineData(1.5, false)]
    [InlineData(10, false)]
    [InlineData(10, true)]
    public void Nine_tenths_of_a_token_limit_can_be_used_though_far_more_is_reserved(double demand, bool queues)
    {
        const long Limit = 300_000;
        var perSecond = Limit / 60.0 / 300 * demand;
        var (cluster, world) = Run(
            new() { TokensPerMinute = Limit },
            [perSecond * .9, perSecond * .05, perSecond * .05],
            queues,
            world => new(1_000, 300, world.UpTo(TimeSpan.FromSeconds(4))));

        var used = cluster.Silos.Sum(silo => silo.Admissions.Sum(admission => admission.Used));
        output.WriteLine($"{used / (Limit * Duration.TotalMinutes):P1} of the limit, {cluster.Calls / world.Seconds:F2} calls/s");
        Assert.InRange(used, Limit * Duration.TotalMinutes * 0.9, double.MaxValue);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(1, 10)]
    [InlineData(1, 40)]
    [InlineData(3, 5)]
    [InlineData(3, 10)]
    [InlineData(3, 40)]
    public void Where_limits_are_far_away_twenty_requests_cost_less_than_one_call(int silos, double perSecond)
    {
        var limits = new LimitSet
        {
            RequestsPerMinute = 100_000,
            TokensPerMinute = 50_000_000,
            TokensPerDay = 5_000_000_000,
            TokensPerMonth = 50_000_000_000,
            MaxConcurrency = 5_000,
        };
        var (cluster, world) = Run(
            limits, Enumerable.Repeat(perSecond, silos), queues: false, world => new(1_000, 300, world.UpTo(TimeSpan.FromSeconds(2))));

        var requests = cluster.Silos.Sum(silo => silo.Arrivals);
        output.WriteLine($"{cluster.Calls / (double)requests:F4} calls a request");
        Assert.Equal(requests, cluster.Silos.Sum(silo => silo.Admissions.Count));
        Assert.InRange(cluster.Calls, 1, requests * 0.05);
    }

    [Fact]
    public void A_denial_is_believed_instead_of_asking_for_each_request()
    {
        var (cluster, world) = Run(new() { RequestsPerMinute = 60 }, [200.0], queues: false, _ => new(0, 0, TimeSpan.Zero));

        output.WriteLine($"{cluster.Calls / world.Seconds:F2} calls/s");
        Assert.InRange(cluster.Calls / world.Seconds, 0, 3);
    }

    [Theory]
    [InlineData(1, false, .5)]
    [InlineData(12, false, .8)]
    [InlineData(12, true, .9)]
    public void Permits_go_where_the_requests_are(int limit, bool queues, double usable)
    {
        // Twice what the permits can carry, nine tenths of it on one silo.
        var perSecond = limit * 2.0;
        var (cluster, world) = Run(
            new() { MaxConcurrency = limit },
            [perSecond * .9, perSecond * .05, perSecond * .05],
            queues,
            world => new(0, 0, TimeSpan.FromSeconds(.5) + world.UpTo(TimeSpan.FromSeconds(1))));

        var all = cluster.Silos.SelectMany(silo => silo.Admissions).ToList();
        var busy = all.Sum(admission => Math.Min(admission.Settled, world.Seconds) - admission.At) / world.Seconds;
        output.WriteLine($"{busy / limit:P1} of the permits, {cluster.Calls / world.Seconds:F2} calls/s");
        output.WriteLine(string.Join(' ', cluster.Silos.Select(silo => $"{silo.Admissions.Count / (double)silo.Arrivals:P1}")));
        Assert.InRange(Windows.MostAtOnce(all), 1, limit);
        Assert.InRange(busy, limit * usable, limit);
        Assert.All(cluster.Silos, silo => Assert.InRange(silo.Admissions.Count, silo.Arrivals / 10, silo.Arrivals));
    }

    private static (WorldCluster Cluster, World World) Run(
        LimitSet limits, IEnumerable<double> perSecond, bool queues, Func<World, Call> call)
    {
        var world = new World(seed: 7);
        var cluster = new WorldCluster(world, limits) { QueueTimeout = queues ? TimeSpan.FromSeconds(20) : TimeSpan.Zero };
        world.Run(Duration, () =>
        {
            foreach (var load in perSecond)
            {
                cluster.AddSilo().Load(load, Duration, () => call(world));
            }
        });
        return (cluster, world);
    }
}
