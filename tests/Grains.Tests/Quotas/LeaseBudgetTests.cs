using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Quotas;
using Prism.Tests.Quotas.Simulation;
using Xunit.Abstractions;

namespace Prism.Tests.Quotas;

/// <summary>Budgets of calendar periods, under far more demand than they have.</summary>
public sealed class LeaseBudgetTests(ITestOutputHelper output)
{
    private const long Budget = 1_000_000;

    // A silo dies every twelve seconds: four to nine of them while most of the budget is still there, the others when it is nearly gone.
    // What they had not reported is lost, and where messages get lost too, that is more.
    [Theory]
    [InlineData(1, false, .97)]
    [InlineData(2, false, .97)]
    [InlineData(3, false, .97)]
    [InlineData(4, true, .92)]
    [InlineData(5, true, .92)]
    public void A_budget_under_ten_times_its_demand_is_used_up_and_never_overspent_though_silos_die(int seed, bool foul, double usable)
    {
        var world = new World(seed);
        var cluster = new WorldCluster(world, new() { TokensPerDay = Budget }) { Weather = foul ? Weather.Foul : Weather.Fair };
        var all = new List<WorldSilo>();
        world.Run(TimeSpan.FromMinutes(10), () =>
        {
            void Add()
            {
                var silo = cluster.AddSilo();
                all.Add(silo);
                silo.Load(18, TimeSpan.FromMinutes(9), () => new(1_000, 300, world.UpTo(TimeSpan.FromSeconds(4))));
            }

            void Kill()
            {
                cluster.Kill(cluster.Silos[world.Chance.Next(cluster.Silos.Count)]);
                Add();
                if (world.Seconds < 300)
                {
                    world.Schedule(TimeSpan.FromSeconds(12), Kill);
                }
            }

            Add();
            Add();
            Add();
            world.Schedule(TimeSpan.FromSeconds(12), Kill);
        });

        var admissions = all.SelectMany(silo => silo.Admissions).ToList();
        var used = admissions.Sum(admission => double.IsInfinity(admission.Settled) ? admission.Reserved : admission.Used);
        var status = Assert.Single(cluster.Status.Limits);
        output.WriteLine($"{used / (double)Budget:P2} used, {cluster.Calls} calls, {admissions.Count} requests, {status}");
        Assert.InRange(MostAtAnyTime(admissions), 1, Budget);
        Assert.InRange(used, Budget * usable, Budget);

        // Nobody has anything any more, and what is not free was used or died.
        Assert.Equal(0, status.Outstanding);
        Assert.InRange(Budget - status.Remaining, used, Budget);
    }

    [Fact]
    public void A_budget_that_is_used_up_says_when_it_resets_and_then_does()
    {
        var world = new World(seed: 1);
        var cluster = new WorldCluster(world, new() { TokensPerDay = 10_000 }) { Start = new(2026, 5, 31, 23, 58, 0, TimeSpan.Zero) };
        WorldSilo silo = null!;
        LimitDenial? denial = null;
        world.Run(TimeSpan.FromSeconds(10), async () =>
        {
            silo = cluster.AddSilo();
            while (await silo.CallAsync(new(1_000, 1_000, TimeSpan.Zero)) is not { } denied || (denial = denied) is null)
            {
            }
        });

        Assert.Equal(10, silo.Admissions.Count);
        Assert.Equal(LimitKind.TokensPerDay, denial!.Value.Kind);
        var reset = silo.Denials[^1].At + denial.Value.RetryAfter!.Value.TotalSeconds;
        Assert.InRange(reset, 119.9, 120.1);

        world.Run(TimeSpan.FromSeconds(reset - 0.2 - world.Seconds));
        world.Run(TimeSpan.FromSeconds(0.1), () => _ = silo.CallAsync(new(1_000, 1_000, TimeSpan.Zero)));
        Assert.Equal(10, silo.Admissions.Count);
        world.Run(TimeSpan.FromSeconds(reset + 0.02 - world.Seconds));
        world.Run(TimeSpan.FromSeconds(1), () => _ = silo.CallAsync(new(1_000, 1_000, TimeSpan.Zero)));
        Assert.Equal(11, silo.Admissions.Count);
    }

    [Fact]
    public void What_was_reserved_yesterday_is_settled_yesterday()
    {
        var world = new World(seed: 1);
        var cluster = new WorldCluster(world, new() { TokensPerDay = 10_000, TokensPerMonth = 1_000_000 })
        {
            Start = new(2026, 5, 12, 23, 59, 30, TimeSpan.Zero),
        };
        WorldSilo silo = null!;
        world.Run(TimeSpan.FromSeconds(20), () =>
        {
            silo = cluster.AddSilo();
            _ = silo.CallAsync(new(9_000, 500, TimeSpan.FromSeconds(60)));
        });
        world.Run(TimeSpan.FromSeconds(20), () => { });
        world.Run(TimeSpan.FromSeconds(60), () => _ = silo.CallAsync(new(9_000, 8_000, TimeSpan.FromSeconds(1))));

        Assert.Equal(2, silo.Admissions.Count);
        Assert.Collection(
            cluster.Status.Limits,
            day => Assert.Equal((2_000, 0), (day.Remaining, day.Outstanding)),
            month => Assert.Equal((991_500, 0), (month.Remaining, month.Outstanding)));
    }

    [Fact]
    public void Tokens_beyond_the_reservation_are_charged_too()
    {
        var world = new World(seed: 1);
        var cluster = new WorldCluster(world, new() { TokensPerDay = 10_000 });
        world.Run(TimeSpan.FromSeconds(3), () => _ = cluster.AddSilo().CallAsync(new(100, 7_000, TimeSpan.FromSeconds(1))));
        Assert.InRange(Assert.Single(cluster.Status.Limits).Remaining, 2_800, 3_000);

        // The rest of the block goes back too, in no hurry.
        world.Run(TimeSpan.FromSeconds(42), () => { });
        Assert.Equal(3_000, Assert.Single(cluster.Status.Limits).Remaining);
    }

    [Fact]
    public void Without_a_storage_a_budget_admits_what_is_held_and_then_nothing()
    {
        var world = new World(seed: 1);
        var cluster = new WorldCluster(world, new() { TokensPerDay = Budget });
        WorldSilo silo = null!;
        world.Run(TimeSpan.FromSeconds(10), () =>
        {
            silo = cluster.AddSilo();
            silo.Load(20, TimeSpan.FromMinutes(3), () => new(100, 100, TimeSpan.Zero));
        });
        var before = silo.Admissions.Count;
        cluster.Storage.Down = true;
        world.Run(TimeSpan.FromSeconds(60));

        var after = silo.Admissions.Count - before;
        Assert.InRange(after, 1, Budget / 64 / 100 * 2);
        Assert.Equal(LimitKind.Ledger, silo.Denials[^1].Denial.Kind);
        Assert.InRange(silo.Denials[^1].Denial.RetryAfter!.Value.TotalSeconds, 0, 2);

        cluster.Storage.Down = false;
        var denied = silo.Denials.Count;
        world.Run(TimeSpan.FromSeconds(5));
        world.Run(TimeSpan.FromSeconds(5), () => denied = silo.Denials.Count);
        Assert.Equal(denied, silo.Denials.Count);
    }

    private static long MostAtAnyTime(List<Admission> admissions)
    {
        var changes = admissions.Select(admission => (At: admission.At, Order: 1, Change: admission.Reserved))
            .Concat(admissions.Where(admission => !double.IsInfinity(admission.Settled))
                .Select(admission => (At: admission.Settled, Order: 0, Change: admission.Used - admission.Reserved)));
        var (most, sum) = (0L, 0L);
        foreach (var (_, _, change) in changes.OrderBy(change => change.At).ThenBy(change => change.Order))
        {
            sum += change;
            most = Math.Max(most, sum);
        }

        return most;
    }
}
