using Prism.Grains.Quotas;
using Prism.Tests.Quotas.Simulation;

namespace Prism.Tests.Quotas;

/// <summary>Silos and a ledger in a world where everything goes wrong that can: the limits hold all the same.</summary>
public sealed class LeaseSimulationTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory, MemberData(nameof(Seeds))]
    public void No_limit_is_ever_exceeded_whatever_goes_wrong(int seed)
    {
        var world = new World(seed);
        var chance = world.Chance;
        var limits = new LimitSet
        {
            RequestsPerMinute = chance.Next(20, 2_000),
            TokensPerMinute = chance.Next(20_000, 400_000),
            MaxConcurrency = chance.Next(2) == 0 ? null : chance.Next(1, 40),
        };
        var all = new List<WorldSilo>();
        var cluster = new WorldCluster(world, limits) { QueueTimeout = TimeSpan.FromSeconds(chance.Next(2) * 5), Weather = Weather.Foul };
        cluster.Storage.Fate = () => chance.NextDouble() switch { < 0.03 => WriteFate.LostBefore, < 0.06 => WriteFate.LostAfter, _ => WriteFate.Done };
        world.Run(TimeSpan.FromMinutes(5), () =>
        {
            void Add()
            {
                var silo = cluster.AddSilo();
                all.Add(silo);
                silo.Load(
                    limits.RequestsPerMinute!.Value / 60.0 * chance.NextDouble() * 2,
                    TimeSpan.FromMinutes(5),
                    () => new(100 + chance.Next(900), chance.Next(100), world.UpTo(TimeSpan.FromSeconds(chance.Next(1, 20)))));
            }

            void Trouble()
            {
                switch (chance.Next(6))
                {
                    case 0 when cluster.Silos.Count > 1:
                        cluster.Kill(cluster.Silos[chance.Next(cluster.Silos.Count)]);
                        break;
                    case 1 when cluster.Silos.Count < 5:
                        Add();
                        break;
                    case 2:
                        cluster.MoveLedger(TimeSpan.FromSeconds((chance.NextDouble() * 5) - 2.5));
                        break;
                    case 3:
                        // What a machine's calendar does while the ledger runs there does not matter, however mad.
                        cluster.DisturbLedgerClock(TimeSpan.FromHours(chance.Next(-48, 48)));
                        break;
                    case 4:
                        cluster.Storage.Down = true;
                        world.Schedule(world.UpTo(TimeSpan.FromSeconds(10)), () => cluster.Storage.Down = false);
                        break;
                    case 5:
                        cluster.Weather = cluster.Weather with { Late = chance.NextDouble() / 4 };
                        break;
                }

                world.Schedule(world.UpTo(TimeSpan.FromSeconds(20)), Trouble);
            }

            cluster.MoveLedger(TimeSpan.Zero);
            Add();
            Add();
            Add();
            Trouble();
        });

        var admissions = all.SelectMany(silo => silo.Admissions).ToList();
        Assert.NotEmpty(admissions);
        Assert.InRange(Windows.MostIn60Seconds(admissions, tokens: false), 1, limits.RequestsPerMinute.Value);
        Assert.InRange(Windows.MostIn60Seconds(admissions, tokens: true), 1, limits.TokensPerMinute.Value);
        Assert.InRange(Windows.MostAtOnce(admissions), 1, limits.MaxConcurrency ?? long.MaxValue);
        Assert.InRange(cluster.Storage.LargestState, 1, 40_000);
    }
}
