using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Quotas;
using Prism.Tests.Quotas.Simulation;

namespace Prism.Tests.Quotas;

/// <summary>What an answer takes beyond its reservation.</summary>
public sealed class OverspendTests
{
    private static readonly FakeTimeProvider Time = new();
    private static readonly long Now = Time.GetTimestamp();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 24)];

    // Every third answer takes up to a third of the limit, whatever was reserved for it; some last longer than their block counts.
    [Theory, MemberData(nameof(Seeds))]
    public void Nothing_is_admitted_beyond_what_is_known_to_be_spent(int seed)
    {
        var world = new World(seed);
        var (limit, silos, isBudget) = (world.Chance.Next(5_000, 50_000), 1 + (seed % 3), seed % 2 == 0);
        var all = new List<WorldSilo>();
        var cluster = new WorldCluster(world, isBudget ? new() { TokensPerDay = limit * 5 } : new() { TokensPerMinute = limit });
        world.Run(TimeSpan.FromMinutes(6), () =>
        {
            for (var i = 0; i < silos; i++)
            {
                all.Add(cluster.AddSilo());
                all[i].Load(2, TimeSpan.FromMinutes(6), () => new(
                    1 + world.Chance.Next(100),
                    world.Chance.Next(3) == 0 ? world.Chance.Next(limit / 3) : world.Chance.Next(100),
                    world.UpTo(TimeSpan.FromSeconds(world.Chance.Next(8) == 0 ? 100 : 2))));
            }
        });

        // What another silo overspent is known once the blocks have ended that were granted before.
        var delay = silos == 1 ? 0 : 21;
        var admissions = all.SelectMany(silo => silo.Admissions).OrderBy(admission => admission.At).ToList();
        Assert.NotEmpty(all.SelectMany(silo => silo.Denials));
        foreach (var admission in admissions)
        {
            var known = admissions
                .Where(other => other.At <= admission.At && (isBudget || other.At > admission.At - 60))
                .Sum(other => other.Settled + delay <= admission.At ? other.Used
                    : other.Settled <= admission.At ? Math.Min(other.Used, other.Reserved)
                    : other.Reserved);
            Assert.InRange(known, 1, isBudget ? limit * 5 : limit);
        }
    }

    [Fact]
    public void It_is_taken_from_the_blocks_that_there_are()
    {
        var pool = PoolOf(LimitKind.TokensPerMinute, (2, 500), (4, 1_000));
        var block = pool.Reserve(100, Now);

        pool.Settle(block, 100, 600, Now);

        Assert.Equal((1_000 - 100, false), (pool.LeftAt(Now), pool.IsInDebt));
        Assert.Empty(Reports(pool));
    }

    [Fact]
    public void What_the_blocks_do_not_cover_is_a_debt_until_the_ledger_has_answered_to_it()
    {
        var pool = PoolOf(LimitKind.TokensPerMinute, (2, 500), (4, 1_000));
        var block = pool.Reserve(100, Now);

        pool.Settle(block, 100, 5_000, Now);
        Assert.Equal((-3_500, true, true), (pool.LeftAt(Now), pool.IsInDebt, pool.HasUnreportedDebt));
        pool.Add(new() { Kind = LimitKind.TokensPerMinute, Block = 6, Amount = 9_000, Life = TimeSpan.FromSeconds(20) }, Now, Now);
        Assert.False(pool.Fits(1, Now));
        Assert.True(pool.Fits(0, Now));

        Assert.Equal<LeaseReport>([new(LimitKind.TokensPerMinute, block, -3_500, 0)], Reports(pool));
        Assert.Equal((true, false), (pool.IsInDebt, pool.HasUnreportedDebt));
        Assert.False(pool.Fits(1, Now));

        pool.OnAnswered();
        Assert.Equal((false, true), (pool.IsInDebt, pool.Fits(1, Now)));
    }

    [Fact]
    public void A_budgets_debt_is_not_paid_with_the_next_period()
    {
        var pool = PoolOf(LimitKind.TokensPerDay, (7, 500));
        var block = pool.Reserve(100, Now);
        pool.Add(new() { Kind = LimitKind.TokensPerDay, Block = 8, Amount = 10_000, Life = TimeSpan.FromSeconds(20) }, Now, Now);

        pool.Settle(block, 100, 1_100, Now);

        Assert.Equal(10_000 - 600, pool.LeftAt(Now));
        Assert.Equal<LeaseReport>([new(LimitKind.TokensPerDay, 7, 0, 1_100), new(LimitKind.TokensPerDay, 7, -600, 0)], Reports(pool));
    }

    [Fact]
    public void What_was_overspent_of_a_block_that_has_expired_counts_from_now_on()
    {
        var slots = ImmutableArray.Create(new RateSlot(Block: 2, At: 1_000, Amount: 300));

        Assert.Equal<RateSlot>([new(2, 1_000, 700)], RateLog.Overspend(slots, block: 2, amount: 400, now: 9_000));
        Assert.Equal(700, RateLog.Sum(RateLog.Overspend(slots, block: 4, amount: 400, now: 9_000)));
        Assert.Equal<RateSlot>(slots, RateLog.Return(slots, block: 4, amount: 400));
    }

    private static LeasePool PoolOf(LimitKind kind, params (long Block, long Amount)[] blocks)
    {
        var pool = new LeasePool(kind, 20_000, Time);
        foreach (var (block, amount) in blocks)
        {
            pool.Add(new() { Kind = kind, Block = block, Amount = amount, Life = TimeSpan.FromSeconds(20) }, Now, Now);
        }

        return pool;
    }

    private static ImmutableArray<LeaseReport> Reports(LeasePool pool)
    {
        var reports = ImmutableArray.CreateBuilder<LeaseReport>();
        pool.Compose(ImmutableArray.CreateBuilder<LeaseWant>(), reports, Now, first: null, default, isLeaving: false);
        return reports.DrainToImmutable();
    }
}
