using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Prism.Bench;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

// What it costs to have two calls run as a chain: the echo provider answers at once, so all that is measured is Prism.
// usage: Prism.Bench.Chains [host:port of an empty Redis]
const int WarmUp = 500;
const int Runs = 3_000;

var chain = new ChainDefinition
{
    Steps =
    [
        new() { Template = "Summarize this: {{ article }}", OutputKey = "summary" },
        new() { Template = "Extract key points from: {{ summary }}", OutputKey = "key_points" },
    ],
    Inputs = new() { ["article"] = JsonElement.Parse("\"A text of some length, as it is when somebody asks about a text.\"") },
};

Console.WriteLine("| what | state | at once | median µs | 99 % µs | a second | CPU µs each |");
Console.WriteLine("|---|---|--:|--:|--:|--:|--:|");
await MeasureAsync("in memory", redis: null, port: 24_200);
if (args is [var redis, ..])
{
    await MeasureAsync("on Redis", redis, port: 24_210);
}

async Task MeasureAsync(string state, string? redis, int port)
{
    using var host = await ChainsSilo.StartAsync(redis, port);
    var chains = host.Services.GetRequiredService<ChainClient>();
    var chat = host.Services.GetRequiredService<IChatService>();
    foreach (var atOnce in new[] { 1, 32 })
    {
        await PrintAsync("two chats", state, atOnce, () => ChatTwiceAsync(chat));
        await PrintAsync("a chain of two steps", state, atOnce, () => RunAsync(chains));
    }

    await host.StopAsync();
}

async Task RunAsync(ChainClient chains)
{
    var started = await chains.StartAsync(new() { Definition = chain, Owner = Owners.Global }, idempotencyKey: null, CancellationToken.None);
    var run = await chains.WaitAsync(started.Run!.Id, TimeSpan.FromMinutes(1), CancellationToken.None);
    if (run is not { Status: ChainRunStatus.Succeeded })
    {
        throw new InvalidOperationException($"A run has not succeeded: {run?.Error?.Message}");
    }
}

// Streamed, as the steps of a chain are.
static async Task ChatTwiceAsync(IChatService chat)
{
    for (var call = 0; call < 2; call++)
    {
        await foreach (var _ in chat.StreamAsync(
            new() { Messages = [ChatMessage.Create(ChatRoles.User, "Extract key points from: Summarize this: a text of some length.")] }, CancellationToken.None))
        {
        }
    }
}

static async Task PrintAsync(string what, string state, int atOnce, Func<Task> one)
{
    await TimeAsync(WarmUp, atOnce, one);
    var (cpu, began) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
    var times = await TimeAsync(Runs, atOnce, one);
    var (took, used) = (Stopwatch.GetElapsedTime(began), Environment.CpuUsage.TotalTime - cpu);
    Array.Sort(times);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {what} | {state} | {atOnce} | {times[times.Length / 2]:N0} | {times[times.Length * 99 / 100]:N0} | {Runs / took.TotalSeconds:N0} | {used.TotalMicroseconds / Runs:N0} |"));
}

static async Task<double[]> TimeAsync(int count, int atOnce, Func<Task> one)
{
    var times = new double[count];
    await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (i, _) =>
    {
        var began = Stopwatch.GetTimestamp();
        await one();
        times[i] = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
    });
    return times;
}
