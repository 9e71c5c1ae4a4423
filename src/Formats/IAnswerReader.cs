using System.Text.Json;
using Prism.Formats.Framing;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats;

/// <summary>Reads the answers of one API's servers as canonical answers. It only sees bytes: the provider makes the exchange.</summary>
public interface IAnswerReader
{
    /// <summary>The framing of the events of a stream.</summary>
    StreamFraming Framing { get; }

    /// <summary>Reads the body of an answer with status 200 that is not streamed; it may still hold an error.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="created">Seconds since 1970 UTC, for formats without a time.</param>
    /// <returns>The answer, or the error.</returns>
    /// <exception cref="JsonException">The body differs from the vendor's documentation.</exception>
    (ChatResponse? Response, ChatError? Error) Read(ReadOnlySpan<byte> body, long created);

    /// <summary>A decoder for one stream.</summary>
    /// <param name="created">Seconds since 1970 UTC, for formats without a time.</param>
    IStreamDecoder CreateDecoder(long created);

    /// <summary>Reads the body of a failed answer.</summary>
    /// <returns>The vendor's error object, or null if it is something else. Never throws.</returns>
    VendorError? ReadError(ReadOnlySpan<byte> body);
}
