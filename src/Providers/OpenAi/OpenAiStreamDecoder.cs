using System.Text.Json;
using Prism.Chat;
using Prism.Providers.Upstream;

namespace Prism.Providers.OpenAi;

/// <summary>Reads OpenAI's <c>chat.completion.chunk</c> events up to <c>[DONE]</c>.</summary>
internal sealed class OpenAiStreamDecoder(UpstreamErrors errors, long created) : IStreamDecoder
{
    private int _open;
    private int _finished;

    public bool IsComplete { get; private set; }

    public bool MayEnd => IsComplete || (_finished > 0 && _finished >= _open);

    public void Decode(string eventType, ReadOnlySpan<byte> data, List<ChatStreamEvent> output)
    {
        if (data.Trim((byte)' ').SequenceEqual("[DONE]"u8))
        {
            IsComplete = true;
            return;
        }

        var chunk = JsonSerializer.Deserialize(data, ChatJson.Lenient.ChatChunk) ?? throw new JsonException("No chunk.");
        if (chunk.Choices.IsEmpty && OpenAiError.Read(chunk.Extra) is { } error)
        {
            output.Add(errors.FromEvent(OpenAiError.KindOf(error), error));
            return;
        }

        foreach (var choice in chunk.Choices)
        {
            _open = Math.Max(_open, choice.Index + 1);
            _finished += choice.FinishReason is null ? 0 : 1;
        }

        output.Add(chunk.Created > 0 ? chunk : chunk with { Created = created });
    }
}
