using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Prism.Bench.Generator;

/// <summary>
/// The process that makes the load. It reads one plan a line and writes two lines for each: <c>begin</c> at the start of the measured interval,
/// and the result at its end. It has its own process, so its processor time is not counted as that of a server.
/// </summary>
internal static class LoadGenerator
{
    /// <summary>The line that reports the start of the measured interval.</summary>
    public const string Begin = "begin";

    // A request of an open load that has no answer this long after the end has failed.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync()
    {
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var plan = JsonSerializer.Deserialize(line, LoadJson.Default.LoadPlan)!;
            await ExecuteAsync(plan);
        }

        return 0;
    }

    private static async Task ExecuteAsync(LoadPlan plan)
    {
        var start = Clock.Now;
        var from = start + (long)(plan.WarmUpSeconds * 1e9);
        var until = from + (long)(plan.Seconds * 1e9);
        var record = new LoadRecord(plan.PerSecond is not null, from, until);
        var request = ToRequest(plan);
        var connections = Enumerable.Range(0, plan.Connections)
            .Select(i => new LoadConnection(plan.Ports[i % plan.Ports.Length], plan, request, record))
            .ToList();
        var begin = Task.Run(() => Announce(from));
        var unfinished = await (plan.PerSecond is { } rate
            ? OpenAsync(connections, rate, start, from, until)
            : ClosedAsync(plan, connections, until));
        await begin;
        Console.WriteLine(JsonSerializer.Serialize(record.ToResult(unfinished), LoadJson.Default.LoadResult));
        connections.ForEach(connection => connection.Dispose());
    }

    private static void Announce(long from)
    {
        Clock.WaitUntil(from);
        Console.WriteLine(Begin);
    }

    // Requests in progress at the end are aborted: they do not count, and a stream may go on for long.
    private static async Task<long> ClosedAsync(LoadPlan plan, List<LoadConnection> connections, long until)
    {
        var ramp = TimeSpan.FromSeconds(plan.WarmUpSeconds / 2);
        for (var i = 0; i < connections.Count; i++)
        {
            _ = RepeatAsync(connections[i], ramp * i / connections.Count, until);
        }

        await Task.Run(() => Clock.WaitUntil(until));
        return 0;
    }

    private static async Task RepeatAsync(LoadConnection connection, TimeSpan delay, long until)
    {
        await Task.Delay(delay);
        while (Clock.Now < until)
        {
            await connection.ExchangeAsync(Clock.Now);
        }
    }

    private static async Task<long> OpenAsync(List<LoadConnection> connections, double perSecond, long start, long from, long until)
    {
        var (due, open) = (Channel.CreateUnbounded<long>(), 0L);
        var working = Task.WhenAll(connections.Select(WorkAsync));
        await Task.Factory.StartNew(Pace, TaskCreationOptions.LongRunning);
        await Task.WhenAny(working, Task.Delay(Patience));
        return Interlocked.Read(ref open);

        void Pace()
        {
            for (var i = 0L; start + (long)(i * 1e9 / perSecond) is var intended && intended < until; i++)
            {
                Clock.WaitUntil(intended);
                Interlocked.Add(ref open, intended >= from ? 1 : 0);
                due.Writer.TryWrite(intended);
            }

            due.Writer.Complete();
        }

        async Task WorkAsync(LoadConnection connection)
        {
            await foreach (var intended in due.Reader.ReadAllAsync())
            {
                await connection.ExchangeAsync(intended);
                Interlocked.Add(ref open, intended >= from ? -1 : 0);
            }
        }
    }

    private static byte[] ToRequest(LoadPlan plan)
    {
        var body = Encoding.UTF8.GetBytes(plan.Body);
        var head = $"POST {plan.Path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {BenchKey.Value}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }
}

/// <summary>The API key of all requests. Prism knows it if keys are on.</summary>
internal static class BenchKey
{
    public const string Value = "sk-bench-0123456789abcdef0123456789abcdef";
}
