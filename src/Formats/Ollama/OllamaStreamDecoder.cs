using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Ollama;

/// <summary>Reads Ollama's lines up to the one that is <c>done</c>. A tool call arrives whole, on one line.</summary>
internal sealed class OllamaStreamDecoder(IVendorFailures failures, long created) : IStreamDecoder
{
    private readonly string _id = RandomId.OfAnswer();
    private string? _role = ChatRoles.Assistant;
    private int _toolCalls;

    public bool IsComplete { get; private set; }

    public bool MayEnd => IsComplete;

    public void Decode(string eventType, ReadOnlySpan<byte> data, List<ChatStreamEvent> output)
    {
        var line = OllamaJson.ReadResponse(data);
        if (line.Error is { } error)
        {
            output.Add(failures.FromEvent(ChatErrorKind.UpstreamServerError, new VendorError(error)));
            return;
        }

        if (line.Message is null && !line.Done)
        {
            throw new JsonException("A line without a message that is not the last.");
        }

        IsComplete = line.Done;
        if (ReadChoice(line) is { } choice)
        {
            var usage = line.Done ? OllamaAnswer.Usage(line) : null;
            output.Add(new ChatChunk { Id = _id, Created = created, Model = line.Model, Choices = [choice], Usage = usage });
        }
    }

    private ChatChunkChoice? ReadChoice(OllamaResponse line)
    {
        var delta = new ChatDelta
        {
            Content = OllamaAnswer.Text(line.Message?.Content),
            ReasoningContent = OllamaAnswer.Text(line.Message?.Thinking),
            ToolCalls = Number(OllamaAnswer.ToolCalls(line.Message)),
        };
        if (delta == ChatDelta.Empty && !line.Done)
        {
            return null;
        }

        var choice = new ChatChunkChoice
        {
            Delta = delta with { Role = _role },
            FinishReason = line.Done ? OllamaAnswer.FinishReason(line, calledTools: _toolCalls > 0) : null,
        };
        _role = null;
        return choice;
    }

    // Ollama's own index restarts on every line.
    private ImmutableArray<ToolCall>? Number(ImmutableArray<ToolCall>? calls) =>
        calls is { } made ? ImmutableArray.CreateRange(made, call => call with { Index = _toolCalls++ }) : null;
}
