using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Prism.Bench;
using Prism.Grains.Cache;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cache;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Caching;
using StackExchange.Redis;

// What entries of the response cache cost: in a silo's memory, on Redis, and when a silo starts on them.
// usage: Prism.Bench.Entries <host:port of an empty Redis> [entries]
const string Text = "An answer of some length, as a model gives it when it is asked something simple and has been told to be brief about it. ";

var redis = args[0];
var count = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100_000;
using var connection = await ConnectionMultiplexer.ConnectAsync(redis + ",allowAdmin=true");
Console.WriteLine($"{count:N0} entries of {Text.Length * 4} characters");
Console.WriteLine("| reminders | how many | written in s | managed MB | resident MB | Redis MB | of it reminders | next start ms | CPU ms in its first 10 s | allocated MB | managed MB then |");
Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
await MeasureAsync("a slot's", reminderOfEach: false);
await MeasureAsync("one each", reminderOfEach: true);

async Task MeasureAsync(string name, bool reminderOfEach)
{
    var server = connection.GetServer(connection.GetEndPoints()[0]);
    await server.FlushAllDatabasesAsync();
    var (host, _) = await EntriesSilo.StartAsync(redis, reminderOfEach ? "each" : "slots", reminderOfEach ? 24_100 : 24_000);
    var (heap, onRedis) = (Heap(), await UsedAsync(server));
    var began = Stopwatch.GetTimestamp();
    await FillAsync(host.Services.GetRequiredService<IGrainFactory>(), reminderOfEach);
    var took = Stopwatch.GetElapsedTime(began);
    var (grown, resident, stored) = (Heap() - heap, Environment.WorkingSet, await UsedAsync(server) - onRedis);
    await host.StopAsync();
    host.Dispose();

    var (size, rows) = await RemindersAsync(server);
    var (before, cpu, allocated) = (Heap(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
    var (next, start) = await EntriesSilo.StartAsync(redis, reminderOfEach ? "each" : "slots", reminderOfEach ? 24_110 : 24_010);
    // The reminders are read behind the start.
    await Task.Delay(TimeSpan.FromSeconds(10));
    (cpu, allocated) = (Environment.CpuUsage.TotalTime - cpu, GC.GetTotalAllocatedBytes() - allocated);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {rows:N0} | {took.TotalSeconds:N0} | {Mega(grown)} | {Mega(resident)} | {Mega(stored)} | {Mega(size)} | {start.TotalMilliseconds:N0} | {cpu.TotalMilliseconds:N0} | {Mega(allocated)} | {Mega(Heap() - before)} |"));
    await next.StopAsync();
    next.Dispose();
}

async Task FillAsync(IGrainFactory grains, bool reminderOfEach)
{
    var began = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
    await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
    {
        var key = GrainKeys.Cache(0, PromptHash.Of("global", "bench", new() { Messages = [ChatMessage.Create(ChatRoles.User, $"{i}")] }));
        // As if they had come evenly over the hour that they are kept for.
        var created = began.AddSeconds(-3_600.0 * i / count);
        var expires = created.AddHours(1);
        if (reminderOfEach)
        {
            await grains.GetGrain<IReminderOfOneGrain>(key).SetAsync(expires - began);
        }
        else
        {
            await grains.GetGrain<ICacheSweepGrain>(CacheSweepGrain.KeyFor(key, expires)).AddAsync(key);
        }

        await grains.GetGrain<ICacheGrain>(key).CompleteAsync("flight", new() { Response = Answer(i), Created = created, Expires = expires, Asked = created });
    });
}

static ChatResponse Answer(int i) => new()
{
    Id = $"chatcmpl-{i}",
    Created = 1,
    Model = "bench-model",
    Choices = [new() { Message = new() { Content = string.Concat(Enumerable.Repeat(Text, 4)) }, FinishReason = FinishReasons.Stop }],
    Usage = ChatUsage.Of(20, 100),
};

static long Heap()
{
    GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    return GC.GetTotalMemory(forceFullCollection: true);
}

static string Mega(long bytes) => (bytes / 1e6).ToString("N0", CultureInfo.InvariantCulture);

static async Task<long> UsedAsync(IServer server) => long.Parse(
    (await server.InfoAsync("memory")).Single().Single(line => line.Key == "used_memory").Value, CultureInfo.InvariantCulture);

async Task<(long Size, long Rows)> RemindersAsync(IServer server)
{
    var (size, rows) = (0L, 0L);
    await foreach (var key in server.KeysAsync(pattern: "*reminders*"))
    {
        size += (long)await connection.GetDatabase().ExecuteAsync("MEMORY", "USAGE", key.ToString(), "SAMPLES", "0");
        rows += await connection.GetDatabase().SortedSetLengthAsync(key);
    }

    return (size, rows);
}
