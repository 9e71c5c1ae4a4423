using System.Text.Json;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats;

/// <summary>Turns the events of one upstream stream into canonical events. It keeps state between events; not thread-safe.</summary>
public interface IStreamDecoder
{
    /// <summary>Whether the format's closing event has arrived: nothing is read after it.</summary>
    bool IsComplete { get; }

    /// <summary>
    /// Whether the answer itself is complete, so that a stream that ends here only lacks its closing event, which some servers never send. A stream
    /// that ends earlier is broken off.
    /// </summary>
    bool MayEnd { get; }

    /// <summary>Notes a chunk that goes to the client as received.</summary>
    /// <returns>False if it has to be decoded instead.</returns>
    bool TryPass(in ChunkSkim chunk) => false;

    /// <summary>Translates one event.</summary>
    /// <param name="eventType">The SSE event's type; empty for JSON lines.</param>
    /// <param name="data">The event's data.</param>
    /// <param name="output">
    /// Receives chunks, or <see cref="ChatStreamEvent.Failed"/> if the event is the vendor's error (created with
    /// <see cref="IVendorFailures"/>). Receives nothing for an event of an unknown type.
    /// </param>
    /// <exception cref="JsonException">The event differs from the vendor's documentation.</exception>
    void Decode(string eventType, ReadOnlySpan<byte> data, List<ChatStreamEvent> output);
}
