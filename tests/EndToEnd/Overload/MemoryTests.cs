using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Prism.Tests.Processes;
using Xunit.Abstractions;

namespace Prism.Tests.Overload;

/// <summary>
/// A silo with the memory of a container of 512 MiB, of which .NET gives the heap three quarters, and clients that take all they can get. It
/// stays alive, never runs out of memory, and others are served.
/// </summary>
[Collection(Lanes.Moments), Trait("Suite", "Long")]
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const string Hello = """{"messages":[{"role":"user","content":"Hello"}]}""";
    private const int LargestBody = 4 * 1024 * 1024;

    [Fact]
    public Task Two_hundred_parallel_bodies_of_the_largest_size() => RunAsync(async silo =>
    {
        using var many = NewClient(silo);
        var body = Encoding.UTF8.GetBytes(Ask(new string('x', LargestBody - 100)));
        var ends = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => PostAsync(many, body)));
        Report("bodies", ends);
        Assert.All(ends, status => Assert.Contains(status, (int[])[200, 503]));
        Assert.Contains(200, ends);
    });

    [Fact]
    public Task Bodies_that_are_much_larger_in_memory_than_on_the_wire() => RunAsync(async silo =>
    {
        using var many = NewClient(silo);
        var body = Encoding.UTF8.GetBytes("{\"messages\":[" + string.Join(',', Enumerable.Repeat("{}", 1_300_000)) + "]}");
        var ends = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => PostAsync(many, body)));
        Report("bodies", ends);
        Assert.All(ends, status => Assert.Contains(status, (int[])[413, 503]));
    });

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task A_hundred_readers_that_do_not_read_an_endless_stream(string cache)
    {
        var sent = 0L;
        await using var upstream = await ScriptedUpstream.StartAsync(call => EndlessStreamAsync(call, () => Interlocked.Increment(ref sent)));
        await RunAsync(
            async silo =>
            {
                var readers = new List<TcpClient>();
                for (var i = 0; i < 100; i++)
                {
                    readers.Add(await BeginAsync(silo, "/v1/chat/completions?provider=up", Ask($"{i}", stream: true), receiveBuffer: 8 * 1024));
                }

                await StuckAsync(() => Interlocked.Read(ref sent));
                readers.ForEach(reader => reader.Dispose());
            },
            ("LLM_CACHE_ENABLED", cache),
            ("LLM_UP_BASE_URL", upstream.Url));
    }

    [Fact]
    public async Task Whole_answers_without_end()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(async call =>
        {
            await call.StartStreamAsync("application/json");
            await call.WriteAsync("{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"");
            var piece = new string('x', 64 * 1024);
            while (!call.ClientLeft.IsCancellationRequested)
            {
                await call.WriteAsync(piece);
            }
        });
        await RunAsync(
            async silo =>
            {
                using var many = NewClient(silo);
                var ends = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => PostAsync(many, Ask($"{i}"), "?provider=up")));
                Report("answers", ends);
                Assert.All(ends, status => Assert.Contains(status, (int[])[502, 503]));
            },
            ("LLM_UP_BASE_URL", upstream.Url));
    }

    [Fact]
    public Task Fifty_thousand_unique_prompts_in_the_cache() => RunAsync(
        async silo =>
        {
            using var many = NewClient(silo);
            var text = new string('x', 2_000);
            var ends = new int[50_000];
            await Parallel.ForAsync(0, ends.Length, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
                ends[i] = await PostAsync(many, Ask($"{i} {text}")));
            Report("prompts", ends);
            Assert.All(ends, status => Assert.Equal(200, status));
        },
        ("LLM_CACHE_ENABLED", "true"));

    [Fact]
    public Task A_thousand_connections_that_send_their_bodies_slowly_keep_nobody_out() => RunAsync(
        async silo =>
        {
            var slow = new List<TcpClient>();
            for (var i = 0; i < 1_000; i++)
            {
                slow.Add(await BeginAsync(silo, "/v1/chat", "", announced: LargestBody));
            }

            var piece = Encoding.ASCII.GetBytes(new string(' ', 300));
            for (var second = 0; second < 15; second++)
            {
                await Task.WhenAll(slow.Select(client => client.GetStream().WriteAsync(piece).AsTask()));
                await Task.Delay(TimeSpan.FromSeconds(1));
            }

            slow.ForEach(client => client.Dispose());
        },
        // On a busy machine they may come slower still.
        ("LLM_MIN_DATA_RATE", "1"));

    // Beside what a test does, others ask, one after the other: all of them are answered.
    private async Task RunAsync(Func<PrismProcess, Task> test, params (string Name, string Value)[] environment)
    {
        var logs = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "logs", "memory-" + Guid.NewGuid().ToString("N")[..8])).FullName;
        await using var silo = PrismProcess.Start("silo", logs, new SiloLaunch(),
        [
            ("DOTNET_GCHeapHardLimit", "0x18000000"),
            ("LLM_METRICS_ENABLED", "true"),
            ("LLM_METRICS_PORT", "0"),
            ("LLM_PROVIDERS", "up"),
            ("LLM_UP_TYPE", "openai"),
            // Not called where a test has no upstream of its own.
            ("LLM_UP_BASE_URL", "http://127.0.0.1:9/v1"),
            ("LLM_UP_DEFAULT_MODEL", "m"),
            .. environment,
        ]);
        await silo.ReadyAsync();
        using var stop = new CancellationTokenSource();
        var others = AskOnAsync(silo, stop.Token);
        await test(silo);
        await stop.CancelAsync();
        var (asked, largest, cpu) = await others;
        output.WriteLine($"{asked.Count} others: {asked.Count(one => one.Status == 200)} answered, the slowest in {asked.Max(one => one.Took).TotalMilliseconds:0} ms; "
            + $"up to {largest / 1024 / 1024:0} MiB of working set; {cpu:0.0} s of processor time");
        Assert.False(silo.HasExited);
        await silo.StopAsync();
        var log = await File.ReadAllTextAsync(silo.LogFile);
        Assert.DoesNotContain("OutOfMemory", log, StringComparison.Ordinal);
        Assert.All(asked, one => Assert.Equal(200, one.Status));
        Directory.Delete(logs, recursive: true);
    }

    private static async Task<(List<(int Status, TimeSpan Took)> Asked, double WorkingSet, double ProcessorTime)> AskOnAsync(PrismProcess silo, CancellationToken stop)
    {
        using var client = NewClient(silo);
        var (asked, largest, cpu) = (new List<(int, TimeSpan)>(), 0d, 0d);
        while (!stop.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            asked.Add((await PostAsync(client, Hello), Stopwatch.GetElapsedTime(began)));
            var metrics = await client.GetStringAsync("/metrics", CancellationToken.None);
            largest = Math.Max(largest, ValueOf(metrics, "process_working_set_bytes "));
            cpu = ValueOf(metrics, "process_cpu_seconds_total ");
            await Task.Delay(50, CancellationToken.None);
        }

        return (asked, largest, cpu);
    }

    private static double ValueOf(string metrics, string name) => double.Parse(
        metrics.Split('\n').Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..], CultureInfo.InvariantCulture);

    private void Report(string what, int[] ends) => output.WriteLine(
        $"{ends.Length} {what}: " + string.Join(", ", ends.GroupBy(status => status).Select(group => $"{group.Count()} × {group.Key}")));

    private static HttpClient NewClient(PrismProcess silo) => new() { BaseAddress = silo.Http.BaseAddress, Timeout = TimeSpan.FromMinutes(2) };

    private static Task<int> PostAsync(HttpClient client, string body, string query = "") => PostAsync(client, Encoding.UTF8.GetBytes(body), query);

    private static async Task<int> PostAsync(HttpClient client, byte[] body, string query = "")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        try
        {
            using var answer = await client.PostAsync(new Uri("/v1/chat/completions" + query, UriKind.Relative), content);
            await answer.Content.ReadAsByteArrayAsync();
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            // A client that is refused while it still sends may find the connection closed before it reads why.
            return (int)HttpStatusCode.ServiceUnavailable;
        }
    }

    private static async Task<TcpClient> BeginAsync(
        PrismProcess silo, string path, string body, int? announced = null, int receiveBuffer = 64 * 1024)
    {
        var client = new TcpClient { ReceiveBufferSize = receiveBuffer };
        await client.ConnectAsync(silo.Http.BaseAddress!.Host, silo.Http.BaseAddress.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: prism\r\nContent-Type: application/json\r\nContent-Length: {announced ?? body.Length}\r\n\r\n{body}"));
        return client;
    }

    private static string Ask(string text, bool stream = false) =>
        $$"""{"messages":[{"role":"user","content":"{{text}}"}],"model":"m"{{(stream ? ",\"stream\":true" : "")}}}""";

    // For so many looks in a row the provider has got rid of nothing more: all readers are stuck, or rejected.
    private static Task StuckAsync(Func<long> sent)
    {
        var (before, same) = (-1L, 0);
        return Until.TrueAsync("all readers are stuck", () =>
        {
            var now = sent();
            (same, before) = (now == before ? same + 1 : 0, now);
            return Task.FromResult(now > 0 && same >= 100);
        });
    }

    private static async Task EndlessStreamAsync(UpstreamCall call, Action onSent)
    {
        await call.StartStreamAsync();
        var piece = """data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"?"}}]}"""
            .Replace("?", new string('x', 4_000), StringComparison.Ordinal) + "\n\n";
        while (!call.ClientLeft.IsCancellationRequested)
        {
            await call.WriteAsync(piece);
            onSent();
        }
    }
}
