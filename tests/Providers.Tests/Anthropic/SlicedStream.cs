using System.Text;
using System.Text.Json;
using Prism.Formats;
using Prism.Formats.Framing;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Tests.Upstream;

namespace Prism.Tests.Anthropic;

/// <summary>A body that comes in pieces of a fixed size, as a network may cut it.</summary>
internal sealed class SlicedStream(byte[] body, int pieceSize) : MemoryStream(body)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(pieceSize, buffer.Length)], cancellationToken);

    /// <summary>All events of a stream, by way of the frames that the product cuts.</summary>
    public static async Task<List<ChatStreamEvent>> DecodeAsync(string sse, IStreamDecoder decoder, int pieceSize = int.MaxValue)
    {
        var all = new List<ChatStreamEvent>();
        await using var body = new SlicedStream(Encoding.UTF8.GetBytes(sse), pieceSize);
        await foreach (var events in StreamFrames.ReadAsync(StreamFraming.ServerSentEvents, body, decoder, CancellationToken.None))
        {
            all.AddRange(events);
        }

        return all;
    }

    /// <summary>The data of each event of a stream.</summary>
    public static string[] DataOf(string sse)
    {
        const string Field = "data: ";
        return [.. sse.Split('\n').Where(line => line.StartsWith(Field, StringComparison.Ordinal)).Select(line => line[Field.Length..])];
    }

    /// <summary>The chunks as a JSON array.</summary>
    public static string ToJson(IEnumerable<ChatStreamEvent> events) =>
        "[" + string.Join(',', events.Select(one => JsonSerializer.Serialize(one.Chunk!, ChatJson.Lenient.ChatChunk))) + "]";
}
