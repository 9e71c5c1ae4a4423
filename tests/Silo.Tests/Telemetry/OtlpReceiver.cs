using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Prism.Tests.Telemetry;

/// <summary>A collector on a real socket: OTLP over HTTP, of which it understands what the tests ask for.</summary>
/// <remarks>Source: https://github.com/open-telemetry/opentelemetry-proto</remarks>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OtlpReceiver(WebApplication app) => _app = app;

    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Every span so far.</summary>
    public ConcurrentQueue<ReceivedSpan> Spans { get; } = new();

    /// <summary>The names of every metric so far.</summary>
    public ConcurrentQueue<string> Metrics { get; } = new();

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.MapPost("/v1/traces", context => receiver.ReceiveAsync(context, receiver.AddSpans));
        receiver._app.MapPost("/v1/metrics", context => receiver.ReceiveAsync(context, receiver.AddMetrics));
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>Ends when what has come is enough.</summary>
    public async Task UntilAsync(Func<bool> isEnough)
    {
        while (true)
        {
            Task more;
            lock (_lock)
            {
                more = _more.Task;
            }

            if (isEnough())
            {
                return;
            }

            await more.WaitAsync(Patience.Limit);
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context, Action<byte[]> add)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        add(body.ToArray());
        lock (_lock)
        {
            _more.SetResult();
            _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        context.Response.ContentType = "application/x-protobuf";
    }

    // resource_spans, scope_spans, spans
    private void AddSpans(byte[] request)
    {
        foreach (var span in Path(request, 1, 2, 2))
        {
            var fields = Read(span);
            Spans.Enqueue(new(
                Hex(fields, 1),
                Hex(fields, 2),
                Hex(fields, 4),
                Text(fields.Single(field => field.Number == 5).Bytes),
                fields.Where(field => field.Number == 9).Select(field => AttributeOf(field.Bytes)).ToImmutableDictionary()));
        }
    }

    // resource_metrics, scope_metrics, metrics, and of these the names
    private void AddMetrics(byte[] request)
    {
        foreach (var name in Path(request, 1, 2, 2, 1))
        {
            Metrics.Enqueue(Text(name));
        }
    }

    private static IEnumerable<byte[]> Path(byte[] message, params int[] numbers) => numbers.Aggregate(
        (IEnumerable<byte[]>)[message],
        (messages, number) => messages.SelectMany(Read).Where(field => field.Number == number).Select(field => field.Bytes));

    // key, value: string_value, bool_value, int_value
    private static KeyValuePair<string, string> AttributeOf(byte[] attribute)
    {
        var fields = Read(attribute);
        var value = Read(fields.Single(field => field.Number == 2).Bytes).FirstOrDefault();
        return new(
            Text(fields.Single(field => field.Number == 1).Bytes),
            value.Number switch
            {
                1 => Text(value.Bytes),
                2 or 3 => $"{BinaryPrimitives.ReadInt64LittleEndian(value.Bytes)}",
                _ => "…",
            });
    }

    private static string Hex(List<Field> fields, int number) =>
        Convert.ToHexStringLower(fields.Where(field => field.Number == number).Select(field => field.Bytes).FirstOrDefault() ?? []);

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private static List<Field> Read(byte[] message)
    {
        var input = new CodedInputStream(message);
        var fields = new List<Field>();
        uint tag;
        while ((tag = input.ReadTag()) != 0)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.LengthDelimited:
                    fields.Add(new(number, input.ReadBytes().ToByteArray()));
                    break;
                case WireFormat.WireType.Varint:
                    fields.Add(new(number, BitConverter.GetBytes(input.ReadInt64())));
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return fields;
    }

    private readonly record struct Field(int Number, byte[] Bytes);
}

/// <summary>A span as it was sent; ids are hexadecimal, that of no parent is empty.</summary>
internal sealed record ReceivedSpan(string TraceId, string Id, string ParentId, string Name, ImmutableDictionary<string, string> Attributes);
