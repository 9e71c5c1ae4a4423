using System.Buffers;
using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Prism.Chat;

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
        var reader = PipeReader.Create(body);
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            while (TryReadLine(ref buffer, result.IsCompleted, out var line))
            {
                decoder.Decode("", line, events);
                yield return events;
                events.Clear();
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                break;
            }
        }
    }

    private static bool TryReadLine(ref ReadOnlySequence<byte> buffer, bool isLast, out byte[] line)
    {
        line = [];
        while (!buffer.IsEmpty)
        {
            var end = buffer.PositionOf((byte)'\n');
            if (end is null && !isLast)
            {
                return false;
            }

            // The last line may lack its line break; whether it is whole, the decoder will see.
            line = buffer.Slice(0, end ?? buffer.End).ToArray();
            buffer = end is { } position ? buffer.Slice(buffer.GetPosition(1, position)) : buffer.Slice(buffer.End);
            if (line.AsSpan().IndexOfAnyExcept(" \t\r"u8) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
