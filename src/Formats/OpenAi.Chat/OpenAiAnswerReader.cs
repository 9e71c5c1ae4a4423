using System.Text.Json;
using Prism.Formats.Framing;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>
/// Reads OpenAI's chat completions. Prism's canonical form is the same, so this reads them without conversion, including unknown properties.
/// </summary>
/// <remarks>Source: https://platform.openai.com/docs/api-reference/chat</remarks>
/// <param name="failures">The failures of the provider.</param>
public sealed class OpenAiAnswerReader(IVendorFailures failures) : IAnswerReader
{
    /// <inheritdoc/>
    public StreamFraming Framing => StreamFraming.ServerSentEvents;

    /// <inheritdoc/>
    public (ChatResponse? Response, ChatError? Error) Read(ReadOnlySpan<byte> body, long created)
    {
        var response = JsonSerializer.Deserialize(body, ChatJson.Lenient.ChatResponse) ?? throw new JsonException("No answer.");
        if (response.Choices.IsEmpty && OpenAiErrorReader.Read(response.Extra) is { } error)
        {
            return (null, failures.FromEvent(OpenAiErrorReader.KindOf(error), error));
        }

        return (response.Created > 0 ? response : response with { Created = created }, null);
    }

    /// <inheritdoc/>
    public IStreamDecoder CreateDecoder(long created) => new OpenAiStreamDecoder(failures, created);

    /// <inheritdoc/>
    public VendorError? ReadError(ReadOnlySpan<byte> body) => OpenAiErrorReader.Read(body);
}
