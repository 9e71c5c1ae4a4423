using System.Collections.Immutable;
using System.Text.Json;
using Prism.Formats.Framing;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Ollama;

/// <summary>Reads the answers of Ollama's own chat.</summary>
/// <remarks>Source: https://docs.ollama.com/api/chat</remarks>
/// <param name="failures">The failures of the provider.</param>
public sealed class OllamaAnswerReader(IVendorFailures failures) : IAnswerReader
{
    /// <inheritdoc/>
    public StreamFraming Framing => StreamFraming.JsonLines;

    /// <inheritdoc/>
    public (ChatResponse? Response, ChatError? Error) Read(ReadOnlySpan<byte> body, long created)
    {
        var answer = OllamaJson.ReadResponse(body);
        if (answer.Error is { } error)
        {
            return (null, failures.FromEvent(ChatErrorKind.UpstreamServerError, new VendorError(error)));
        }

        if (answer is not { Done: true, Message: { } message })
        {
            throw new JsonException("An answer that is not whole.");
        }

        var toolCalls = OllamaAnswer.ToolCalls(message);
        var finishReason = OllamaAnswer.FinishReason(answer, calledTools: toolCalls is not null);
        var whole = new ChatResponse
        {
            Id = RandomId.OfAnswer(),
            Created = created,
            Model = answer.Model,
            Choices = [new() { Message = ToMessage(message, toolCalls), FinishReason = finishReason }],
            Usage = OllamaAnswer.Usage(answer),
        };
        return (whole, null);
    }

    /// <inheritdoc/>
    public IStreamDecoder CreateDecoder(long created) => new OllamaStreamDecoder(failures, created);

    /// <inheritdoc/>
    public VendorError? ReadError(ReadOnlySpan<byte> body)
    {
        try
        {
            return OllamaJson.ReadResponse(body).Error is { } error ? new VendorError(error) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static AssistantMessage ToMessage(OllamaMessage message, ImmutableArray<ToolCall>? toolCalls) => new()
    {
        // An answer with only tool calls has no text; any other has one, even if empty.
        Content = OllamaAnswer.Text(message.Content) ?? (toolCalls is null ? "" : null),
        ReasoningContent = OllamaAnswer.Text(message.Thinking),
        ToolCalls = toolCalls,
    };
}
