using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Prism.Tests.Chains;
using Prism.Tests.Drain;
using Prism.Tests.Processes;
using Xunit.Abstractions;

namespace Prism.Tests.Upgrade;

/// <summary>The silos of the last release are replaced by those of this version, and no client notices.</summary>
[Collection(Lanes.Moments), Trait("Suite", "Long")]
public sealed class UpgradeTests(ITestOutputHelper output)
{
    private const int Runs = 12;
    private const string AdminKey = "sk-e2e-admin-of-both-versions";

    private static readonly (string Name, string Value)[] Settings =
    [
        ("LLM_ADMIN_API_KEY", AdminKey),
        ("LLM_ECHO_DELAY_MS", "100"),
        // With a limit that is never reached, so that leases pass between silos of both versions.
        ("LLM_ECHO_REQUESTS_PER_MINUTE", "1000000"),
        ("LLM_DRAIN_DELAY", "2"),
    ];

    [Fact]
    public async Task The_last_release_is_replaced_silo_by_silo_under_load()
    {
        var release = await LastRelease.BuildAsync();
        await using var upstream = await CountedUpstream.StartAsync();
        upstream.Before = (_, left) => Task.Delay(TimeSpan.FromSeconds(2), left);
        await PrismCluster.RunAsync(silos: 0, async cluster =>
        {
            await cluster.AddAsync(3, release);
            var replaced = cluster.Silos.ToList();
            var key = await CreateKeyAsync(replaced[0]);
            await using var balancer = new Balancer();
            replaced.ForEach(balancer.Add);
            await using var load = StreamLoad.Start(balancer, perSecond: 10);
            var runs = Enumerable.Range(0, Runs)
                .Select(run => new ApiClient(cluster, new Random(run)).RunAsync(Diamond.BodyOf(run), $"run {run}"))
                .ToList();

            foreach (var silo in replaced)
            {
                await silo.StopAsync();
                Assert.Equal(0, silo.ExitCode);
                await cluster.AddAsync(1);
                balancer.Add(cluster.Silos[^1]);
                Assert.Equal(HttpStatusCode.OK, await ChatAsync(cluster.Silos[^1], key));
            }

            var ends = await load.EndAsync();
            output.WriteLine($"{ends.Count} streams, {upstream.Calls.Count} calls of runs.");
            StreamLoad.AssertAllWhole(ends);
            for (var run = 0; run < Runs; run++)
            {
                Diamond.AssertRight(run, await runs[run], upstream.Calls);
            }
        }, [.. Settings, .. upstream.Settings]);
    }

    private static async Task<string> CreateKeyAsync(PrismProcess silo)
    {
        using var response = await silo.Http.PostAsJsonAsync("/admin/keys", new { name = "made by the last release", requests_per_minute = 1_000 });
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
    }

    private static async Task<HttpStatusCode> ChatAsync(PrismProcess silo, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat?provider=echo")
        {
            Content = JsonContent.Create(new { messages = new[] { new { role = "user", content = "Hi" } } }),
        };
        request.Headers.Authorization = new("Bearer", key);
        using var response = await silo.Http.SendAsync(request);
        return response.StatusCode;
    }
}
