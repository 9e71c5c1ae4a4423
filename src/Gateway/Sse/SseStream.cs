using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Prism.Gateway.Sse;

/// <summary>
/// A response of server-sent events. The writer of the events flushes them, so that available events are sent together. After a silence the stream
/// sends a comment, so that no proxy closes the connection while a model thinks.
/// </summary>
internal sealed class SseStream : IAsyncDisposable
{
    /// <summary>The longest silence.</summary>
    internal static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(10);

    // Events are sent from this size on without a flush: the writer must wait for a client that does not read, not buffer for it.
    private const int MaxUnsentBytes = 16 * 1024;

    // Half a block of the server's memory; a longer event spans several blocks.
    private const int LargestPiece = 2 * 1024;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static ReadOnlySpan<byte> DataField => "data: "u8;

    private static ReadOnlySpan<byte> EndOfEvent => "\n\n"u8;

    private static readonly ReadOnlyMemory<byte> Done = "data: [DONE]\n\n"u8.ToArray();
    private static readonly ReadOnlyMemory<byte> Ping = ": ping\n\n"u8.ToArray();

    private readonly HttpContext _context;
    private readonly SseStreams _streams;
    private readonly TimeProvider _time;
    private readonly ITimer _heartbeat;
    // The heartbeat writes to the same response. The writer of the answer keeps its turn from its first event until it flushes.
    private readonly SemaphoreSlim _turn = new(1, 1);
    // An event is complete before any of it is sent: if its serialisation fails, the client must not get its beginning.
    private readonly ArrayBufferWriter<byte> _event = new(512);
    private readonly Utf8JsonWriter _json;
    private PipeWriter? _body;
    private long _lastWrite;
    private int _heldBack;
    private bool _hasTurn;
    private bool _closed;

    public SseStream(HttpContext context, SseStreams streams, TimeProvider time)
    {
        _context = context;
        _streams = streams;
        _time = time;
        _json = new Utf8JsonWriter(_event, WriterOptions);
        _lastWrite = time.GetTimestamp();
        _heartbeat = time.CreateTimer(static state => _ = ((SseStream)state!).OnSilenceAsync(), this, HeartbeatInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the response has started: its status and headers can no longer change.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Gives up the stream if nothing has been sent, so that the response can be an error instead.</summary>
    /// <returns>False if the response has started.</returns>
    public async ValueTask<bool> TryAbandonAsync()
    {
        await EnterAsync();
        _closed |= !HasStarted;
        Leave();
        return !HasStarted;
    }

    /// <summary>Configures the response before it starts; does nothing afterwards.</summary>
    public async ValueTask BeforeStartAsync<TState>(Action<HttpResponse, TState> configure, TState state)
    {
        await EnterAsync();
        if (!HasStarted)
        {
            configure(_context.Response, state);
        }
    }

    /// <summary>Writes one event from the bytes of its data. It is sent with the next <see cref="FlushAsync"/>, or before.</summary>
    public ValueTask WriteAsync(ReadOnlySpan<byte> data)
    {
        if (!_hasTurn && !TryEnter())
        {
            return WriteLaterAsync(data.ToArray());
        }

        Write(data);
        return _heldBack >= MaxUnsentBytes ? SendAsync() : ValueTask.CompletedTask;
    }

    /// <summary>Writes one event whose data is JSON. It is sent with the next <see cref="FlushAsync"/>, or before.</summary>
    public ValueTask WriteAsync<T>(T value, JsonTypeInfo<T> type)
    {
        _event.ResetWrittenCount();
        return WriteDataAsync(value, type);
    }

    /// <summary>Writes one event with a type, and with an id unless that is null.</summary>
    public ValueTask WriteAsync<T>(string name, long? id, T value, JsonTypeInfo<T> type)
    {
        _event.ResetWrittenCount();
        if (id is { } number)
        {
            Utf8.TryWrite(_event.GetSpan(64), CultureInfo.InvariantCulture, $"id: {number}\n", out var length);
            _event.Advance(length);
        }

        _event.Write("event: "u8);
        Encoding.UTF8.GetBytes(name, _event);
        _event.Write("\n"u8);
        return WriteDataAsync(value, type);
    }

    /// <summary>Writes a comment, which only shows that the connection is alive.</summary>
    public ValueTask WritePingAsync() => WriteRawAsync(Ping);

    /// <summary>Writes <c>data: [DONE]</c>.</summary>
    public ValueTask WriteDoneAsync() => WriteRawAsync(Done);

    /// <summary>Sends the written events.</summary>
    public ValueTask FlushAsync()
    {
        if (!_hasTurn)
        {
            return ValueTask.CompletedTask;
        }

        var sent = SendAsync();
        if (!sent.IsCompletedSuccessfully)
        {
            return LeaveAfterAsync(sent);
        }

        Leave();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await EnterAsync();
        _closed = true;
        Leave();
        await _heartbeat.DisposeAsync();
        await _json.DisposeAsync();
    }

    private ValueTask WriteDataAsync<T>(T value, JsonTypeInfo<T> type)
    {
        _event.Write("data: "u8);
        _json.Reset();
        JsonSerializer.Serialize(_json, value, type);
        _event.Write("\n\n"u8);
        return WriteRawAsync(_event.WrittenMemory);
    }

    private async ValueTask WriteRawAsync(ReadOnlyMemory<byte> raw)
    {
        await EnterAsync();
        Begin().Write(raw.Span);
        _heldBack += raw.Length;
        if (_heldBack >= MaxUnsentBytes)
        {
            await SendAsync();
        }
    }

    private async ValueTask WriteLaterAsync(byte[] data)
    {
        await EnterAsync();
        await WriteAsync(data);
    }

    private void Write(ReadOnlySpan<byte> data)
    {
        var body = Begin();
        var length = DataField.Length + data.Length + EndOfEvent.Length;
        _heldBack += length;
        if (length > LargestPiece)
        {
            body.Write(DataField);
            body.Write(data);
            body.Write(EndOfEvent);
            return;
        }

        var room = body.GetSpan(length);
        DataField.CopyTo(room);
        data.CopyTo(room[DataField.Length..]);
        EndOfEvent.CopyTo(room[(DataField.Length + data.Length)..]);
        body.Advance(length);
    }

    private PipeWriter Begin()
    {
        // The source of the events may not have noticed the disconnect yet.
        _context.RequestAborted.ThrowIfCancellationRequested();
        if (!HasStarted)
        {
            HasStarted = true;
            var headers = _context.Response.Headers;
            headers.ContentType = "text/event-stream";
            headers.CacheControl = "no-cache";
            headers["x-accel-buffering"] = "no";
        }

        return _body ??= _context.Response.BodyWriter;
    }

    private ValueTask EnterAsync() => _hasTurn || TryEnter() ? ValueTask.CompletedTask : WaitAsync();

    private bool TryEnter() => _hasTurn = _turn.Wait(0);

    private async ValueTask WaitAsync()
    {
        await _turn.WaitAsync();
        _hasTurn = true;
    }

    private void Leave()
    {
        _hasTurn = false;
        _turn.Release();
    }

    private async ValueTask LeaveAfterAsync(ValueTask sent)
    {
        try
        {
            await sent;
        }
        finally
        {
            Leave();
        }
    }

    private ValueTask SendAsync()
    {
        if (_heldBack == 0)
        {
            return ValueTask.CompletedTask;
        }

        _heldBack = 0;
        _lastWrite = _time.GetTimestamp();
        // The flush does not complete at once if the client is so slow that the server's buffer is full.
        var sent = _body!.FlushAsync(_context.RequestAborted);
        if (!sent.IsCompletedSuccessfully)
        {
            return _streams.WaitForClientAsync(_context, sent.AsTask());
        }

        _ = sent.Result;
        return ValueTask.CompletedTask;
    }

    // The timer is set once a silence, not once an event: sending only costs a timestamp.
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
            var isSilent = left <= TimeSpan.Zero;
            _heartbeat.Change(isSilent ? HeartbeatInterval : left, Timeout.InfiniteTimeSpan);
            if (isSilent)
            {
                Begin().Write(Ping.Span);
                _heldBack += Ping.Length;
                await SendAsync();
            }
        }
        catch (Exception)
        {
            // The client disconnected; the writer of the answer notices that too.
        }
        finally
        {
            _turn.Release();
        }
    }
}
