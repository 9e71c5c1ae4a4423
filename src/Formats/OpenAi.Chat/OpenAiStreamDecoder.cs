using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>Reads OpenAI's <c>chat.completion.chunk</c> events up to <c>[DONE]</c>.</summary>
internal sealed class OpenAiStreamDecoder(IVendorFailures failures, long created) : IStreamDecoder
{
    // Far more than anybody can ask for: what is kept of each choice stays bounded.
    private const int MaxChoices = 1024;

    private readonly HashSet<int> _begun = [];
    private readonly HashSet<int> _finished = [];

    public bool IsComplete { get; private set; }

    public bool MayEnd => IsComplete || (_finished.Count > 0 && _finished.Count == _begun.Count);

    public void Decode(string eventType, ReadOnlySpan<byte> data, List<ChatStreamEvent> output)
    {
        data = data.Trim(" \t\r"u8);
        if (data.IsEmpty)
        {
            return;
        }

        if (data.SequenceEqual("[DONE]"u8))
        {
            IsComplete = true;
            return;
        }

        if (eventType == "error")
        {
            output.Add(Fail(OpenAiErrorReader.Read(data)));
            return;
        }

        var chunk = JsonSerializer.Deserialize(data, ChatJson.Lenient.ChatChunk) ?? throw new JsonException("No chunk.");
        // Some servers put it beside a last choice.
        if (OpenAiErrorReader.Read(chunk.Extra) is { } error)
        {
            output.Add(Fail(error));
            return;
        }

        foreach (var choice in chunk.Choices)
        {
            if (choice.Index is < 0 or >= MaxChoices)
            {
                throw new JsonException("No such choice.");
            }

            _begun.Add(choice.Index);
            // Some servers send "" where OpenAI sends null.
            if (!string.IsNullOrEmpty(choice.FinishReason))
            {
                _finished.Add(choice.Index);
            }
        }

        output.Add(chunk.Created > 0 ? chunk : chunk with { Created = created });
    }

    private ChatError Fail(VendorError? error) =>
        failures.FromEvent(error is null ? ChatErrorKind.UpstreamServerError : OpenAiErrorReader.KindOf(error), error);
}
