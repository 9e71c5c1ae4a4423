using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>Reads OpenAI's <c>chat.completion.chunk</c> events up to <c>[DONE]</c>.</summary>
internal sealed class OpenAiStreamDecoder(IVendorFailures failures, long created) : IStreamDecoder
{
    // Far more than a client can request: it bounds the state for choices.
    private const int MaxChoices = 1024;

    // Nearly all answers have one choice, which needs no sets.
    private HashSet<int>? _begun;
    private HashSet<int>? _finished;
    private bool _hasBegunFirst;
    private bool _hasFinishedFirst;

    public bool IsComplete { get; private set; }

    public bool MayEnd => IsComplete || (Count(_hasFinishedFirst, _finished) is > 0 and var finished && finished == Count(_hasBegunFirst, _begun));

    public bool TryPass(in ChunkSkim chunk)
    {
        if (chunk.Index >= MaxChoices)
        {
            return false;
        }

        Note(chunk.Index, chunk.IsFinish);
        return true;
    }

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
        // Some servers send the error with a last choice.
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

            // Some servers send "" where OpenAI sends null.
            Note(choice.Index, !string.IsNullOrEmpty(choice.FinishReason));
        }

        output.Add(chunk.Created > 0 ? chunk : chunk with { Created = created });
    }

    private void Note(int choice, bool isFinish)
    {
        if (choice == 0)
        {
            (_hasBegunFirst, _hasFinishedFirst) = (true, _hasFinishedFirst || isFinish);
            return;
        }

        (_begun ??= []).Add(choice);
        if (isFinish)
        {
            (_finished ??= []).Add(choice);
        }
    }

    private static int Count(bool hasFirst, HashSet<int>? others) => (hasFirst ? 1 : 0) + (others?.Count ?? 0);

    private ChatError Fail(VendorError? error) =>
        failures.FromEvent(error is null ? ChatErrorKind.UpstreamServerError : OpenAiErrorReader.KindOf(error), error);
}
