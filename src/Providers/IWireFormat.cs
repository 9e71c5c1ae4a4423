using System.Buffers;
using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers;

/// <summary>
/// What is different between vendors: how a canonical request is said in the vendor's words, and how its answers are read. Pure translation
/// of bytes; the exchange itself, with its timeouts and failures, is <see cref="HttpChatProvider"/>, the same for all.
/// </summary>
internal interface IWireFormat
{
    /// <summary>Where calls go, relative to a base URL without a trailing slash, without a leading one.</summary>
    string PathAt(string baseUrl);

    /// <summary>How the events of a stream are told apart.</summary>
    StreamFraming Framing { get; }

    /// <summary>The header that carries <see cref="ChatRequest.IdempotencyKey"/>; null where the vendor has none.</summary>
    string? IdempotencyHeader => null;

    /// <summary>Puts the vendor's own headers on a request: credentials and versions.</summary>
    void AddHeaders(HttpRequestHeaders headers, string? apiKey);

    /// <summary>The parameters that the request sets and this vendor has no word for, as JSON property names. Empty: all can be said.</summary>
    ImmutableArray<string> FindUnsupported(ChatRequest request);

    /// <summary>By how many tokens the output cap that is written is above the request's own.</summary>
    int ExtraOutputTokens(ChatRequest request) => 0;

    /// <summary>Writes the request's body.</summary>
    /// <returns>Null, or what of the request cannot be said in this format; then nothing is sent.</returns>
    ChatError? WriteRequest(IBufferWriter<byte> output, ChatRequest request, bool stream);

    /// <summary>Reads the body of an answer with status 200 that is not streamed; it may hold an error all the same.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="created">Seconds since 1970 UTC, for formats that do not tell.</param>
    /// <exception cref="JsonException">It is not what the vendor documents.</exception>
    ProviderResult ReadResponse(ReadOnlySpan<byte> body, long created);

    /// <summary>A decoder for one stream.</summary>
    /// <param name="created">Seconds since 1970 UTC, for formats that do not tell.</param>
    IStreamDecoder CreateDecoder(long created);

    /// <summary>Reads the body of a failed answer.</summary>
    /// <returns>What it says, or null where it is not the vendor's error object. Never throws.</returns>
    VendorError? ReadError(ReadOnlySpan<byte> body);
}

/// <summary>Turns the events of one upstream stream into canonical events. Keeps what it must between them; not thread-safe.</summary>
internal interface IStreamDecoder
{
    /// <summary>Whether the format's closing event has come: nothing is read after it.</summary>
    bool IsComplete { get; }

    /// <summary>
    /// Whether the answer itself is whole, so that a stream that ends here lacks nothing but its closing event, which some servers never
    /// send. A stream that ends before is broken off.
    /// </summary>
    bool MayEnd { get; }

    /// <summary>Translates one event.</summary>
    /// <param name="eventType">The SSE event's type; empty for JSON lines.</param>
    /// <param name="data">The event's data.</param>
    /// <param name="output">
    /// Receives chunks, and where the event is the vendor's error one <see cref="ChatStreamEvent.Failed"/> (made with
    /// <see cref="Upstream.UpstreamErrors"/>). Nothing for an event of an unknown type.
    /// </param>
    /// <exception cref="JsonException">It is not what the vendor documents.</exception>
    void Decode(string eventType, ReadOnlySpan<byte> data, List<ChatStreamEvent> output);
}

/// <summary>How the events of a stream are told apart.</summary>
internal enum StreamFraming
{
    /// <summary>Server-sent events.</summary>
    ServerSentEvents,

    /// <summary>One JSON value a line.</summary>
    JsonLines,
}

/// <summary>What a vendor's error object says.</summary>
/// <param name="Message">For people.</param>
/// <param name="Type">The vendor's own class of error.</param>
/// <param name="Code">A finer reason.</param>
/// <param name="Param">The field of the request at fault.</param>
internal sealed record VendorError(string? Message, string? Type = null, string? Code = null, string? Param = null);
