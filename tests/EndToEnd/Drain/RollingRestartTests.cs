using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Prism.Grains.Interfaces.Chat;
using Prism.Tests.Processes;
using Xunit.Abstractions;

namespace Prism.Tests.Drain;

/// <summary>All silos of a cluster are replaced, one after the other, and nobody notices.</summary>
[Collection(Lanes.Moments), Trait("Suite", "Long")]
public sealed class RollingRestartTests(ITestOutputHelper output)
{
    private const int PerSecond = 20;
    private const string AdminKey = "sk-e2e-admin-of-a-rolling-restart";

    // With so many, some are new to each silo that comes, and have to be read while another goes.
    private const int Keys = 60;

    // A word each 200 ms: one in the cluster takes 6 s, the long one would take 40 s.
    private const int Words = 30;
    private const int LongWords = 200;

    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(8);

    private static readonly (string Name, string Value)[] Settings =
    [
        ("LLM_ADMIN_API_KEY", AdminKey),
        ("LLM_ECHO_DELAY_MS", "200"),
        // With a limit that is never reached, so that leases are taken and given back.
        ("LLM_ECHO_REQUESTS_PER_MINUTE", "1000000"),
        ("LLM_DRAIN_DELAY", "2"),
        ("LLM_DRAIN_TIMEOUT", DrainTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)),
        ("LLM_SHUTDOWN_TIMEOUT", "25"),
    ];

    [Fact]
    public Task Three_silos_are_replaced_under_load() => PrismCluster.RunAsync(silos: 3, async cluster =>
    {
        await using var balancer = new Balancer();
        var replaced = cluster.Silos.ToList();
        foreach (var silo in replaced)
        {
            Assert.Equal("Warm up", (await StreamEnd.ReadAsync(silo, "Warm up")).Text);
            balancer.Add(silo);
        }

        var keys = await Task.WhenAll(Enumerable.Range(0, Keys).Select(_ => CreateKeyAsync(replaced[1])));
        await using var load = StreamLoad.Start(balancer, PerSecond, keys);
        var tooLong = StreamEnd.ReadAsync(replaced[0], StreamLoad.TextOf(LongWords, 0));
        using var client = await cluster.ConnectAsync(replaced);
        // Some of them on the silo that goes first, and longer than what it has of the load.
        var inCluster = Enumerable.Range(0, 9).Select(_ => ReadAsync(client, StreamLoad.TextOf(Words, 1))).ToList();
        foreach (var silo in replaced)
        {
            var took = await silo.StopAsync();
            output.WriteLine($"{silo.Name} stopped in {took.TotalSeconds:0.0} s.");
            Assert.Equal(0, silo.ExitCode);
            // It has left by itself: nobody had to find out that it is gone.
            Assert.DoesNotContain(silo.SiloPort, (await balancer.Next().GetSilosAsync()).Keys);
            await cluster.AddAsync(1);
            balancer.Add(cluster.Silos[^1]);
        }

        Assert.All(await Task.WhenAll(inCluster), text => Assert.Equal(StreamLoad.TextOf(Words, 1), text));
        var ends = await load.EndAsync();
        var cut = await tooLong;

        output.WriteLine($"{ends.Count} streams, the longest {ends.Max(one => one.End.Took).TotalSeconds:0.0} s; the long one was ended after {cut.Took.TotalSeconds:0.0} s.");
        StreamLoad.AssertAllWhole(ends);
        Assert.True(ends.Count > 300, $"Only {ends.Count} streams.");
        Assert.Equal((200, false, "stopping", null), (cut.Status, cut.IsDone, cut.Error, cut.Failure));
        Assert.True(cut.Took >= DrainTimeout, $"It was cut after {cut.Took}.");
    }, Settings);

    private static async Task<string> CreateKeyAsync(PrismProcess silo)
    {
        using var response = await silo.Http.PostAsJsonAsync("/admin/keys", new { name = "limited", requests_per_minute = 1_000, tokens_per_day = 1_000_000 });
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
    }

    private static async Task<string> ReadAsync(IHost client, string text)
    {
        var said = "";
        var request = new ChatRequest { Provider = "echo", Messages = [ChatMessage.Create(ChatRoles.User, text)] };
        await foreach (var streamed in new ChatGrainClient(client.Services.GetRequiredService<IGrainFactory>()).StreamAsync(request, CancellationToken.None))
        {
            said += streamed.Chunk?.Choices[0].Delta.Content ?? streamed.Failed?.Message;
        }

        return said;
    }
}
