using System.Buffers;
using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Prism.Formats;
using Prism.Formats.Framing;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers.Upstream;

/// <summary>Cuts the body of a streamed answer into events and has each decoded.</summary>
internal static class StreamFrames
{
    /// <summary>Whether an answer of this media type can be what was asked for. Some servers do not say.</summary>
    public static bool Matches(StreamFraming framing, string? mediaType) => mediaType switch
    {
        null => true,
        "text/event-stream" => framing == StreamFraming.ServerSentEvents,
        "application/x-ndjson" or "application/jsonl" or "application/json" or "text/plain" => framing == StreamFraming.JsonLines,
        _ => false,
    };

    /// <summary>The decoded events, those of one upstream event at a time. The list is used again for the next.</summary>
    public static IAsyncEnumerable<List<ChatStreamEvent>> ReadAsync(
        StreamFraming framing, Stream body, IStreamDecoder decoder, CancellationToken cancellationToken) => framing switch
        {
            StreamFraming.ServerSentEvents => ReadServerSentEventsAsync(body, decoder, cancellationToken),
            _ => ReadJsonLinesAsync(body, decoder, cancellationToken),
        };

    private static async IAsyncEnumerable<List<ChatStreamEvent>> ReadServerSentEventsAsync(
        Stream body, IStreamDecoder decoder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var events = new List<ChatStreamEvent>();
        var parser = SseParser.Create(body, (type, data) =>
        {
            decoder.Decode(type, data, events);
            return events;
        });
        await foreach (var item in parser.EnumerateAsync(cancellationToken))
        {
            yield return item.Data;
            events.Clear();
        }
    }

    private static async IAsyncEnumerable<List<ChatStreamEvent>> ReadJsonLinesAsync(
        Stream body, IStreamDecoder decoder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var events = new List<ChatStreamEvent>();
        var reader = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
        try
        {
            ReadResult result;
            do
            {
                result = await reader.ReadAsync(cancellationToken);
                var buffer = result.Buffer;
                while (TryReadLine(ref buffer, out var line))
                {
                    decoder.Decode("", line, events);
                    yield return events;
                    events.Clear();
                }

                if (result.IsCompleted && TryDecodeRest(buffer, decoder, events))
                {
                    yield return events;
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
            }
            while (!result.IsCompleted);
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static bool TryReadLine(ref ReadOnlySequence<byte> buffer, out byte[] line)
    {
        while (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end).ToArray();
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            if (HasContent(line))
            {
                return true;
            }
        }

        line = [];
        return false;
    }

    // The last line may lack its line break. It may also be half a line: then the stream just ends before it.
    private static bool TryDecodeRest(ReadOnlySequence<byte> rest, IStreamDecoder decoder, List<ChatStreamEvent> events)
    {
        var line = rest.ToArray();
        if (!HasContent(line))
        {
            return false;
        }

        try
        {
            decoder.Decode("", line, events);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool HasContent(ReadOnlySpan<byte> line) => line.ContainsAnyExcept(" \t\r"u8);
}
