using System.Text.Json;
using Prism.Formats.Framing;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>Reads the answers of Anthropic's messages.</summary>
/// <remarks>Source: https://platform.claude.com/docs/en/api/messages</remarks>
/// <param name="failures">Of the provider that answers.</param>
public sealed class AnthropicAnswerReader(IVendorFailures failures) : IAnswerReader
{
    /// <inheritdoc/>
    public StreamFraming Framing => StreamFraming.ServerSentEvents;

    /// <inheritdoc/>
    public (ChatResponse? Response, ChatError? Error) Read(ReadOnlySpan<byte> body, long created)
    {
        var response = JsonSerializer.Deserialize(body, AnthropicJson.Default.AnthropicResponse) ?? throw new JsonException("No answer.");
        if (response.Error is { } vendorError)
        {
            var error = AnthropicError.Read(vendorError);
            return (null, failures.FromEvent(AnthropicError.KindOf(error), error));
        }

        return (AnthropicResponseMapper.Map(response, created), null);
    }

    /// <inheritdoc/>
    public IStreamDecoder CreateDecoder(long created) => new AnthropicStreamDecoder(failures, created);

    /// <inheritdoc/>
    public VendorError? ReadError(ReadOnlySpan<byte> body) => AnthropicError.Read(body);
}
