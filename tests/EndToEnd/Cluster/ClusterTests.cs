using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Prism.Tests.Processes;

namespace Prism.Tests.Cluster;

/// <summary>A cluster as its operators see it.</summary>
[Collection(Lanes.Moments)]
public sealed class ClusterTests
{
    [Fact]
    public Task Three_silos_find_each_other_and_all_of_them_serve() => PrismCluster.RunAsync(silos: 3, async cluster =>
    {
        foreach (var silo in cluster.Silos)
        {
            Assert.Equal(["active", "active", "active"], (await silo.GetSilosAsync()).Values);
            using var response = await silo.Http.PostAsJsonAsync(
                "/v1/chat?provider=echo", new { messages = new[] { new { role = "user", content = silo.Name } } });
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(silo.Name, answer.GetProperty("content").GetString());
        }
    });

    [Fact]
    public Task A_silo_that_is_stopped_leaves_at_once_and_another_takes_its_place() => PrismCluster.RunAsync(silos: 2, async cluster =>
    {
        var (leaving, staying) = (cluster.Silos[0], cluster.Silos[1]);

        await leaving.StopAsync();

        Assert.Equal(0, leaving.ExitCode);
        Assert.Equal([staying.SiloPort], (await staying.GetSilosAsync()).Keys);
        await cluster.AddAsync(1);
        Assert.Equal(2, (await staying.GetSilosAsync()).Count);
    });

    [Fact]
    public Task A_silo_that_starts_before_Redis_waits_for_it_and_says_so() => PrismCluster.RunAsync(silos: 0, async cluster =>
    {
        await cluster.Redis.GoAwayAsync();
        var silo = cluster.Start();
        await Until.TrueAsync("it listens", Patience.Limit, () => silo.AnswersAsync("/healthz/live"));

        using var ready = await silo.Http.GetAsync("/healthz/ready");
        using var chat = await silo.Http.PostAsJsonAsync("/v1/chat", new { });
        await cluster.Redis.ComeBackAsync();
        await silo.ReadyAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("""{"status":"storage_unreachable"}""", await ready.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, chat.StatusCode);
    });

    [Fact]
    public Task A_silo_that_waits_for_Redis_can_be_stopped() => PrismCluster.RunAsync(silos: 0, async cluster =>
    {
        await cluster.Redis.GoAwayAsync();
        // One that waited for anything but its start would be waited for in vain.
        var silo = cluster.Start(("LLM_SHUTDOWN_TIMEOUT", "600"), ("LLM_DRAIN_TIMEOUT", "500"));
        await Until.TrueAsync("it listens", Patience.Limit, () => silo.AnswersAsync("/healthz/live"));

        await silo.StopAsync();

        Assert.Equal(0, silo.ExitCode);
    });
}
