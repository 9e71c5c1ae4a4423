using Prism.Tests.Cluster;
using Prism.Tests.Load;
using Prism.Tests.Processes;

namespace Prism.Tests.Chaos;

/// <summary>A silo that starts slowly is not dead.</summary>
[Collection(Lanes.Moments), Trait("Suite", "Long")]
public sealed class SlowStartTests
{
    [MachineFact(needsRoot: true, "redis-server")]
    public async Task Three_silos_with_a_quarter_of_a_processor_each_come_up_and_stay()
    {
        await using var one = await CpuQuota.CreateAsync(processors: 0.25);
        await using var two = await CpuQuota.CreateAsync(processors: 0.25);
        await using var three = await CpuQuota.CreateAsync(processors: 0.25);
        await PrismCluster.RunAsync(silos: 0, async cluster =>
        {
            var silos = new[] { one, two, three }.Select(quota => cluster.Start(quota.Launch)).ToList();
            await Task.WhenAll(silos.Select(silo => silo.ReadyAsync()));
            await cluster.SeenActiveAsync();
            await using var load = await ChatLoad.StartAsync(silos, perSecond: 2);
            await load.RunForAsync(TimeSpan.FromSeconds(20));

            FailureTests.AssertNoneWrong(await load.EndAsync());
            Assert.DoesNotContain(silos, silo => silo.HasExited);
            await cluster.SeenActiveAsync();
        });
    }
}
