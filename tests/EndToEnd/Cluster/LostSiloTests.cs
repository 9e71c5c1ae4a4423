using Prism.Tests.Processes;
using Prism.Tests.Redis;

namespace Prism.Tests.Cluster;

/// <summary>A silo that is no member of its cluster any more ends, and says why in one line; so do those that declared it dead.</summary>
[Collection(Lanes.Moments), Trait("Suite", "Long")]
public sealed class LostSiloTests
{
    private const int LostCluster = 3;

    private static readonly TimeSpan Deadline = Patience.Limit;

    [Fact]
    public Task A_frozen_silo_says_for_how_long_it_stood_still() => PrismCluster.RunAsync(silos: 3, async cluster =>
    {
        var frozen = cluster.Silos[0];
        await frozen.FreezeAsync();
        await Until.TrueAsync("the others have declared it dead", Deadline, async () =>
            !(await cluster.Silos[1].GetSilosAsync()).ContainsKey(frozen.SiloPort));

        await frozen.ThawAsync();
        await frozen.WaitForExitAsync(Deadline);

        Assert.Equal(LostCluster, frozen.ExitCode);
        var line = Assert.Single(await CriticalLinesAsync(frozen));
        Assert.Contains("the cluster has declared it dead; this process was frozen for", line, StringComparison.Ordinal);
        foreach (var other in cluster.Silos.Skip(1))
        {
            await Until.TrueAsync($"{other.Name} has said so", Deadline, async () =>
                (await LinesAsync(other)).Count(said => said.Contains($":{frozen.SiloPort}", StringComparison.Ordinal)
                    && said.Contains("declared", StringComparison.Ordinal)
                    && said.Contains("dead", StringComparison.Ordinal)) == 1);
        }
    });

    [Fact]
    public Task A_silo_without_a_row_is_not_ready_and_ends() => PrismCluster.RunAsync(silos: 2, async cluster =>
    {
        await RedisContents.RemoveAsync(cluster);

        var seenUnready = false;
        await Until.TrueAsync("both have ended", Deadline, async () =>
        {
            seenUnready |= !cluster.Silos[0].HasExited && await IsNotInClusterAsync(cluster.Silos[0]);
            return cluster.Silos.All(silo => silo.HasExited);
        });

        Assert.True(seenUnready);
        foreach (var silo in cluster.Silos)
        {
            Assert.Equal(LostCluster, silo.ExitCode);
            Assert.Contains("its row is missing in the membership table", Assert.Single(await CriticalLinesAsync(silo)), StringComparison.Ordinal);
        }
    });

    private static async Task<bool> IsNotInClusterAsync(PrismProcess silo)
    {
        try
        {
            using var answer = await silo.Http.GetAsync("/healthz/ready");
            return (await answer.Content.ReadAsStringAsync()).Contains("not_in_cluster", StringComparison.Ordinal);
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<List<string>> CriticalLinesAsync(PrismProcess silo)
    {
        var lines = await LinesAsync(silo);
        Assert.DoesNotContain(lines, line => line.StartsWith("   at ", StringComparison.Ordinal));
        return [.. lines.Where(line => line.Contains("\"@l\":\"Fatal\"", StringComparison.Ordinal))];
    }

    private static async Task<List<string>> LinesAsync(PrismProcess silo)
    {
        await using var file = new FileStream(silo.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return [.. (await reader.ReadToEndAsync()).Split('\n')];
    }
}
