using System.Runtime.CompilerServices;
using System.Text.Json;
using Prism.Formats;
using Prism.Formats.Framing;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Upstream;

/// <summary>Reads a stream as a call does: cut into events, each of which is decoded.</summary>
internal static class StreamFrames
{
    /// <summary>The decoded events, those of one upstream event at a time. The list is used again for the next.</summary>
    public static async IAsyncEnumerable<List<ChatStreamEvent>> ReadAsync(
        StreamFraming framing, Stream body, IStreamDecoder decoder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var decoded = new List<ChatStreamEvent>();
        using var events = new EventReader(framing);
        int read;
        do
        {
            read = await body.ReadAsync(events.GetSpace(), cancellationToken);
            events.Advance(read);
            while (events.TryRead())
            {
                decoder.Decode(events.Type, events.Data.Span, decoded);
                yield return decoded;
                decoded.Clear();
            }
        }
        while (read > 0);

        if (events.TryReadRest() && TryDecode(decoder, events.Data.Span, decoded))
        {
            yield return decoded;
        }
    }

    private static bool TryDecode(IStreamDecoder decoder, ReadOnlySpan<byte> rest, List<ChatStreamEvent> decoded)
    {
        try
        {
            decoder.Decode("", rest, decoded);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
