using System.Diagnostics;
using System.Reflection;
using Prism.Tests.Processes;

namespace Prism.Tests.Samples;

/// <summary>The sample, run as its readers run it.</summary>
[Collection(Lanes.Moments)]
public sealed class InClusterClientTests
{
    private static readonly string SamplePath = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory,
        typeof(InClusterClientTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "SamplePath").Value!));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task It_gets_answers_streams_and_runs_of_chains(bool throughRedis) => PrismCluster.RunAsync(silos: 1, async cluster =>
    {
        var start = new ProcessStartInfo("dotnet", [SamplePath]) { RedirectStandardOutput = true };
        start.Environment["LLM_CLUSTER_ID"] = cluster.Id;
        start.Environment["LLM_SERVICE_ID"] = cluster.Id;
        start.Environment["LLM_SILO_GATEWAY_PORT"] = $"{cluster.Silos[0].GatewayPort}";
        start.Environment["LLM_REDIS_URL"] = throughRedis ? cluster.Redis.Url : "";

        using var sample = Process.Start(start)!;
        var said = await sample.StandardOutput.ReadToEndAsync().WaitAsync(Patience.Limit);
        await sample.WaitForExitAsync().WaitAsync(Patience.Limit);

        Assert.Equal(
            """
            answer: Hello from the cluster (echo, 8 tokens)
            stream: [Hello] [ from] [ the] [ cluster] []
            chain: Succeeded: Translate: Summarize: Orleans is a framework.

            """,
            said);
        Assert.Equal(0, sample.ExitCode);
    });
}
