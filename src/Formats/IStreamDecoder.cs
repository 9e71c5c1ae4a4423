using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats;

/// <summary>Turns the events of one upstream stream into canonical events. Keeps what it must between them; not thread-safe.</summary>
public interface IStreamDecoder
{
    /// <summary>Whether the format's closing event has come: nothing is read after it.</summary>
    bool IsComplete { get; }

    /// <summary>
    /// Whether the answer itself is whole, so that a stream that ends here lacks nothing but its closing event, which some servers never
    /// send. A stream that ends before is broken off.
    /// </summary>
    bool MayEnd { get; }

    /// <summary>Notes a chunk that goes to the client as it came.</summary>
    /// <returns>False where it has to be decoded instead.</returns>
    bool TryPass(in ChunkSkim chunk) => false;

    /// <summary>Translates one event.</summary>
    /// <param name="eventType">The SSE event's type; empty for JSON lines.</param>
    /// <param name="data">The event's data.</param>
    /// <param name="output">
    /// Receives chunks, and where the event is the vendor's error one <see cref="ChatStreamEvent.Failed"/> (made with
    /// <see cref="IVendorFailures"/>). Nothing for an event of an unknown type.
    /// </param>
    /// <exception cref="JsonException">It is not what the vendor documents.</exception>
    void Decode(string eventType, ReadOnlySpan<byte> data, List<ChatStreamEvent> output);
}
