using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Quotas;
using Prism.Tests.Quotas.Simulation;

namespace Prism.Tests.Quotas;

/// <summary>What callers see of limits.</summary>
public sealed class LocalQuotaTests
{
    private readonly World _world = new(seed: 3);

    [Theory]
    [InlineData(30, 0, 1)]
    [InlineData(600, 0, 1)]
    [InlineData(0, 30_000, 1_000)]
    [InlineData(0, 30_000, 29_000)]
    public void Retry_after_is_true_and_not_pessimistic(int requests, long tokens, long each)
    {
        var limits = new LimitSet { RequestsPerMinute = requests > 0 ? requests : null, TokensPerMinute = tokens > 0 ? tokens : null };
        var cluster = new WorldCluster(_world, limits);
        var (silo, admitted, denial) = (default(WorldSilo)!, 0, default(LimitDenial?));
        _world.Run(TimeSpan.FromSeconds(30), async () =>
        {
            silo = cluster.AddSilo();
            while (denial is null)
            {
                denial = await silo.CallAsync(new(each, each, TimeSpan.Zero));
                await _world.After(TimeSpan.FromMilliseconds(5));
            }

            admitted = silo.Admissions.Count;
        });
        var retry = silo.Denials[^1].At + denial!.Value.RetryAfter!.Value.TotalSeconds;

        // Not much later than the window itself would allow.
        Assert.InRange(retry, 60 + silo.Admissions[0].At, 63 + silo.Admissions[0].At);

        // Not before.
        _world.Run(TimeSpan.FromSeconds(retry - 0.1 - _world.Seconds));
        _world.Run(TimeSpan.Zero, () => _ = silo.CallAsync(new(each, each, TimeSpan.Zero)));
        _world.Run(TimeSpan.FromSeconds(0.09));
        Assert.Equal(admitted, silo.Admissions.Count);

        // But then. (The answer took a moment to arrive, and its duration is counted from there.)
        _world.Run(TimeSpan.FromSeconds(retry + 0.01 - _world.Seconds));
        _world.Run(TimeSpan.FromSeconds(0.1), () => _ = silo.CallAsync(new(each, each, TimeSpan.Zero)));
        Assert.Equal(admitted + 1, silo.Admissions.Count);
    }

    [Fact]
    public void Waiters_are_admitted_in_the_order_in_which_they_came()
    {
        var cluster = new WorldCluster(_world, new() { RequestsPerMinute = 120, TokensPerMinute = 60_000, MaxConcurrency = 6 })
        {
            QueueTimeout = TimeSpan.FromSeconds(30),
        };
        WorldSilo silo = null!;
        _world.Run(TimeSpan.FromMinutes(5), () =>
        {
            silo = cluster.AddSilo();
            silo.Load(5, TimeSpan.FromMinutes(5), () => new(1 + _world.Chance.Next(2_000), 100, _world.UpTo(TimeSpan.FromSeconds(5))));
        });

        Assert.NotEmpty(silo.Denials);
        Assert.Contains(silo.Admissions, admission => admission.At - admission.Came > 5);
        Assert.Equal(silo.Admissions.Select(admission => admission.Came).Order(), silo.Admissions.Select(admission => admission.Came));
        Assert.All(silo.Admissions, admission => Assert.InRange(admission.At - admission.Came, 0, 30));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_silo_starves_beside_a_busy_one(int seed)
    {
        var world = new World(seed);
        var cluster = new WorldCluster(world, new() { RequestsPerMinute = 300, TokensPerMinute = 150_000 }) { QueueTimeout = TimeSpan.FromSeconds(90) };
        world.Run(TimeSpan.FromMinutes(10), () =>
        {
            foreach (var perSecond in new[] { 20, 0.5, 0.5 })
            {
                cluster.AddSilo().Load(perSecond, TimeSpan.FromMinutes(10), () => new(500, 500, TimeSpan.FromSeconds(1)));
            }
        });

        Assert.NotEmpty(cluster.Silos[0].Denials);
        foreach (var silo in cluster.Silos[1..])
        {
            Assert.Empty(silo.Denials);
            Assert.All(silo.Admissions, admission => Assert.InRange(admission.At - admission.Came, 0, 65));
        }
    }

    [Fact]
    public void A_waiter_that_is_cancelled_leaves_the_line_and_takes_nothing()
    {
        var cluster = new WorldCluster(_world, new() { MaxConcurrency = 1 }) { QueueTimeout = TimeSpan.FromSeconds(30) };
        using var cancelled = new CancellationTokenSource();
        var (silo, waiting) = (default(WorldSilo)!, default(Task<LeaseAdmission>)!);
        _world.Run(TimeSpan.FromSeconds(1), () =>
        {
            silo = cluster.AddSilo();
            _ = silo.CallAsync(new(0, 0, TimeSpan.FromSeconds(5)));
        });
        _world.Run(TimeSpan.FromSeconds(1), () => waiting = silo.Holder.AdmitAsync(default, cancelled.Token).AsTask());
        _world.Run(TimeSpan.FromSeconds(1), cancelled.Cancel);
        Assert.True(waiting.IsCanceled);

        _world.Run(TimeSpan.FromSeconds(10));
        _world.Run(TimeSpan.FromSeconds(1), () => _ = silo.CallAsync(new(0, 0, TimeSpan.Zero)));
        Assert.Equal(2, silo.Admissions.Count);
        Assert.Equal(silo.Admissions[1].Came, silo.Admissions[1].At, 0.1);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(20)]
    public void Who_waits_in_vain_is_told_what_it_waited_for(double seconds)
    {
        var cluster = new WorldCluster(_world, new() { MaxConcurrency = 1 }) { QueueTimeout = TimeSpan.FromSeconds(seconds) };
        var denial = default(LimitDenial?);
        _world.Run(TimeSpan.FromSeconds(40), async () =>
        {
            var silo = cluster.AddSilo();
            _ = silo.CallAsync(new(0, 0, TimeSpan.FromSeconds(30)));
            await _world.After(TimeSpan.FromSeconds(1));
            denial = await silo.CallAsync(new(0, 0, TimeSpan.Zero));
            Assert.Equal(1 + seconds, _world.Seconds, 0.01);
        });

        Assert.Equal((LimitKind.Concurrency, 1), (denial!.Value.Kind, denial.Value.Limit));
        Assert.InRange(denial.Value.RetryAfter!.Value, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_ledger_that_is_late_once_is_waited_for_and_one_that_is_silent_is_not()
    {
        var cluster = new WorldCluster(_world, new() { RequestsPerMinute = 100 });
        WorldSilo silo = null!;
        _world.Run(TimeSpan.FromSeconds(10), () =>
        {
            silo = cluster.AddSilo();
            cluster.Weather = new(Lost: 1);
            _ = silo.CallAsync(new(0, 0, TimeSpan.Zero));
            _world.Schedule(TimeSpan.FromSeconds(1.1), () => cluster.Weather = Weather.Fair);
        });
        Assert.InRange(Assert.Single(silo.Admissions).At, 1, 1.5);

        // By then it has given back what it had.
        _world.Run(TimeSpan.FromSeconds(60));
        var at = _world.Seconds;
        cluster.Weather = new(Lost: 1);
        _world.Run(TimeSpan.FromSeconds(10), () => _ = silo.CallAsync(new(0, 0, TimeSpan.Zero)));
        Assert.Equal(LimitKind.Ledger, Assert.Single(silo.Denials).Denial.Kind);
        Assert.InRange(silo.Denials[0].At - at, 3, 5);
    }

    [Fact]
    public void A_request_that_is_larger_than_the_limit_is_told_so_and_asks_nobody()
    {
        var cluster = new WorldCluster(_world, new() { TokensPerMinute = 1_000 });
        var denial = default(LimitDenial?);
        _world.Run(TimeSpan.FromSeconds(1), async () => denial = await cluster.AddSilo().CallAsync(new(1_001, 0, TimeSpan.Zero)));

        Assert.Equal(new LimitDenial(LimitKind.TokensPerMinute, null, 1_000), denial);
        Assert.Equal(0, cluster.Calls);
    }

    [Fact]
    public void Without_limits_nobody_is_asked()
    {
        var cluster = new WorldCluster(_world, LimitSet.None);
        WorldSilo silo = null!;
        _world.Run(TimeSpan.FromMinutes(1), () =>
        {
            silo = cluster.AddSilo();
            silo.Load(100, TimeSpan.FromMinutes(1), () => new(1_000, 500, TimeSpan.FromSeconds(1)));
        });

        Assert.Equal(silo.Arrivals, silo.Admissions.Count);
        Assert.Equal(0, cluster.Calls);
    }

    [Fact]
    public void The_permits_of_a_dead_silo_are_free_once_the_membership_knows()
    {
        var cluster = new WorldCluster(_world, new() { MaxConcurrency = 3 }) { Detection = TimeSpan.FromSeconds(7) };
        var (first, second) = (default(WorldSilo)!, default(WorldSilo)!);
        _world.Run(TimeSpan.FromSeconds(5), () =>
        {
            (first, second) = (cluster.AddSilo(), cluster.AddSilo());
            for (var i = 0; i < 3; i++)
            {
                _ = first.CallAsync(new(0, 0, TimeSpan.FromHours(1)));
            }
        });
        _world.Run(TimeSpan.FromSeconds(1), () => _ = second.CallAsync(new(0, 0, TimeSpan.FromHours(1))));
        Assert.Equal((3, 0), (first.Admissions.Count, second.Admissions.Count));

        _world.Run(TimeSpan.FromSeconds(8), () => cluster.Kill(first));
        _world.Run(TimeSpan.FromSeconds(1), () =>
        {
            for (var i = 0; i < 4; i++)
            {
                _ = second.CallAsync(new(0, 0, TimeSpan.FromHours(1)));
            }
        });
        Assert.Equal(3, second.Admissions.Count);
    }

    [Fact]
    public void A_silo_that_stops_gives_everything_back()
    {
        var cluster = new WorldCluster(_world, new() { RequestsPerMinute = 6_000, TokensPerMinute = 600_000, TokensPerDay = 9_000_000, MaxConcurrency = 50 });
        WorldSilo silo = null!;
        _world.Run(TimeSpan.FromSeconds(20), () =>
        {
            silo = cluster.AddSilo();
            silo.Load(20, TimeSpan.FromSeconds(10), () => new(500, 100, TimeSpan.FromSeconds(1)));
        });
        var returned = default(Task)!;
        _world.Run(TimeSpan.FromSeconds(1), () => returned = silo.Holder.ReturnAllAsync(CancellationToken.None));

        Assert.True(returned.IsCompletedSuccessfully);
        var spent = silo.Admissions.Count;
        Assert.Collection(
            cluster.Status.Limits,
            requests => Assert.Equal(6_000 - spent, requests.Remaining),
            tokens => Assert.Equal(600_000 - (spent * 100), tokens.Remaining),
            day => Assert.Equal((9_000_000 - (spent * 100), 0), (day.Remaining, day.Outstanding)),
            permits => Assert.Equal((50, 0), (permits.Remaining, permits.Outstanding)));
        _world.Run(TimeSpan.FromSeconds(1), () => _ = silo.CallAsync(new(1, 1, TimeSpan.Zero)));
        Assert.Equal(LimitKind.Ledger, Assert.Single(silo.Denials).Denial.Kind);
    }

    [Fact]
    public void Who_is_held_back_admits_nothing_until_then()
    {
        var cluster = new WorldCluster(_world, new() { RequestsPerMinute = 6_000 });
        WorldSilo silo = null!;
        _world.Run(TimeSpan.FromSeconds(10), () =>
        {
            silo = cluster.AddSilo();
            silo.Load(20, TimeSpan.FromMinutes(1), () => new(0, 0, TimeSpan.Zero));
        });
        _world.Run(TimeSpan.FromSeconds(40), () => silo.Holder.Throttle(TimeSpan.FromSeconds(15)));

        Assert.DoesNotContain(silo.Admissions, admission => admission.At is > 10 and < 25);
        Assert.Contains(silo.Admissions, admission => admission.At is > 25 and < 26);
        Assert.All(silo.Denials, denied => Assert.Equal(25, denied.At + denied.Denial.RetryAfter!.Value.TotalSeconds, 0.01));
    }

    [Fact]
    public void The_ledger_holds_back_silos_that_have_not_been_told()
    {
        var cluster = new WorldCluster(_world, new() { RequestsPerMinute = 6_000 });
        var (told, other) = (default(WorldSilo)!, default(WorldSilo)!);
        _world.Run(TimeSpan.FromSeconds(2), () =>
        {
            (told, other) = (cluster.AddSilo(), cluster.AddSilo());
            _ = told.CallAsync(new(0, 0, TimeSpan.Zero));
        });
        _world.Run(TimeSpan.FromSeconds(1), () => _ = cluster.ThrottleAsync(TimeSpan.FromSeconds(30)));
        _world.Run(TimeSpan.FromSeconds(1), () => _ = other.CallAsync(new(0, 0, TimeSpan.Zero)));

        var denial = Assert.Single(other.Denials).Denial;
        Assert.Equal(LimitKind.Upstream, denial.Kind);
        Assert.InRange(denial.RetryAfter!.Value.TotalSeconds, 28.5, 29.5);
    }
}
