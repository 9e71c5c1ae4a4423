using System.Buffers;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Prism.Sse;

/// <summary>
/// A response of server-sent events. Each is flushed as it is written, and a comment goes out after a silence, so that no proxy on the way
/// takes a thinking model for a dead connection.
/// </summary>
internal sealed class SseStream : IAsyncDisposable
{
    /// <summary>The longest silence.</summary>
    internal static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(10);

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HttpContext _context;
    private readonly TimeProvider _time;
    private readonly ITimer _heartbeat;
    // The heartbeat writes to the same pipe; nobody else ever waits here.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Utf8JsonWriter? _json;
    private long _lastWrite;
    private bool _closed;

    public SseStream(HttpContext context, TimeProvider time)
    {
        _context = context;
        _time = time;
        _lastWrite = time.GetTimestamp();
        _heartbeat = time.CreateTimer(static state => _ = ((SseStream)state!).OnSilenceAsync(), this, HeartbeatInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the response is under way: its status and headers can no longer be changed.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Takes the response back while nothing of it has been sent, so that it can become an error instead.</summary>
    /// <returns>False where it is too late.</returns>
    public async ValueTask<bool> TryAbandonAsync()
    {
        await _turn.WaitAsync();
        _closed |= !HasStarted;
        _turn.Release();
        return !HasStarted;
    }

    /// <summary>Runs something before the response starts, unless it has.</summary>
    public async ValueTask BeforeStartAsync<TState>(Action<HttpResponse, TState> configure, TState state)
    {
        await _turn.WaitAsync();
        if (!HasStarted)
        {
            configure(_context.Response, state);
        }

        _turn.Release();
    }

    /// <summary>Sends one event whose data is JSON.</summary>
    public async ValueTask WriteAsync<T>(T value, JsonTypeInfo<T> type)
    {
        await _turn.WaitAsync();
        try
        {
            var output = Begin();
            output.Write("data: "u8);
            _json ??= new Utf8JsonWriter(output, WriterOptions);
            _json.Reset(output);
            JsonSerializer.Serialize(_json, value, type);
            output.Write("\n\n"u8);
            await FlushAsync(output);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Sends <c>data: [DONE]</c>.</summary>
    public ValueTask WriteDoneAsync() => WriteRawAsync("data: [DONE]\n\n"u8.ToArray());

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _closed = true;
        _turn.Release();
        await _heartbeat.DisposeAsync();
        if (_json is not null)
        {
            // Written to the end already: what is left in it has nowhere to go.
            _json.Reset(Stream.Null);
            await _json.DisposeAsync();
        }
    }

    private async ValueTask WriteRawAsync(ReadOnlyMemory<byte> raw)
    {
        await _turn.WaitAsync();
        try
        {
            var output = Begin();
            output.Write(raw.Span);
            await FlushAsync(output);
        }
        finally
        {
            _turn.Release();
        }
    }

    private PipeWriter Begin()
    {
        if (!HasStarted)
        {
            HasStarted = true;
            var headers = _context.Response.Headers;
            headers.ContentType = "text/event-stream";
            headers.CacheControl = "no-cache";
            headers["x-accel-buffering"] = "no";
        }

        return _context.Response.BodyWriter;
    }

    private ValueTask<FlushResult> FlushAsync(PipeWriter output)
    {
        _lastWrite = _time.GetTimestamp();
        return output.FlushAsync(_context.RequestAborted);
    }

    // Armed once a silence, not once an event: an event costs a timestamp only.
    private async Task OnSilenceAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (_closed)
            {
                return;
            }

            var left = HeartbeatInterval - _time.GetElapsedTime(_lastWrite);
            if (left <= TimeSpan.Zero)
            {
                var output = Begin();
                output.Write(": ping\n\n"u8);
                await FlushAsync(output);
                left = HeartbeatInterval;
            }

            _heartbeat.Change(left, Timeout.InfiniteTimeSpan);
        }
        catch (OperationCanceledException)
        {
            // The client left; who writes the answer finds that out too.
        }
        finally
        {
            _turn.Release();
        }
    }
}
