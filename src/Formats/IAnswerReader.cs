using System.Text.Json;
using Prism.Formats.Framing;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats;

/// <summary>Reads what the servers of one API answer, as canonical answers. Bytes only: the provider makes the exchange.</summary>
public interface IAnswerReader
{
    /// <summary>How the events of a stream are told apart.</summary>
    StreamFraming Framing { get; }

    /// <summary>Reads the body of an answer with status 200 that is not streamed; it may hold an error all the same.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="created">Seconds since 1970 UTC, for formats that do not tell.</param>
    /// <returns>The answer, or the error.</returns>
    /// <exception cref="JsonException">It is not what the vendor documents.</exception>
    (ChatResponse? Response, ChatError? Error) Read(ReadOnlySpan<byte> body, long created);

    /// <summary>A decoder for one stream.</summary>
    /// <param name="created">Seconds since 1970 UTC, for formats that do not tell.</param>
    IStreamDecoder CreateDecoder(long created);

    /// <summary>Reads the body of a failed answer.</summary>
    /// <returns>What it says, or null where it is not the vendor's error object. Never throws.</returns>
    VendorError? ReadError(ReadOnlySpan<byte> body);
}
