using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>Reads Anthropic's stream: a message's start, its blocks one after the other, its stop reason and usage, its end.</summary>
internal sealed class AnthropicStreamDecoder(IVendorFailures failures, long created) : IStreamDecoder
{
    // Far more than an answer has: what is kept of each block stays bounded.
    private const int MaxBlocks = 10_000;

    private readonly Dictionary<int, AnthropicOpenBlock> _open = [];
    private ChatChunk? _chunk;
    private AnthropicUsage? _usage;
    private int _toolCalls;
    private bool _begun;

    public bool IsComplete { get; private set; }

    public bool MayEnd { get; private set; }

    public void Decode(string eventType, ReadOnlySpan<byte> data, List<ChatStreamEvent> output)
    {
        switch (JsonSerializer.Deserialize(data, AnthropicJson.Default.AnthropicEvent) ?? throw new JsonException("No event."))
        {
            case AnthropicMessageStart start:
                Begin(start.Message);
                break;
            case AnthropicBlockStart start:
                Emit(Open(start).Start(), output);
                break;
            case AnthropicBlockDelta delta:
                Emit(Find(delta.Index).Add(delta.Delta), output);
                break;
            case AnthropicBlockStop stop:
                Emit(Find(stop.Index).Stop(), output);
                break;
            case AnthropicMessageDelta delta:
                Finish(delta, output);
                break;
            case AnthropicMessageStop:
                IsComplete = true;
                break;
            case AnthropicErrorEvent failure:
                output.Add(Fail(AnthropicErrorReader.Read(failure.Error)));
                break;
            default:
                // Skipped, as long as it is an event at all.
                _ = JsonSerializer.Deserialize(data, AnthropicJson.Default.AnthropicUnknownEvent);
                break;
        }
    }

    private void Begin(AnthropicResponse message)
    {
        _chunk = new() { Id = message.Id, Created = created, Model = message.Model };
        // Of the answer it counts only the beginning: where that is the last word, it is no count of the whole.
        _usage = message.Usage is { } usage ? usage with { OutputTokens = null } : null;
    }

    private AnthropicOpenBlock Open(AnthropicBlockStart start) => _open.Count >= MaxBlocks
        ? throw new JsonException("Too many blocks.")
        : _open[start.Index] = AnthropicOpenBlock.Create(start.ContentBlock, ref _toolCalls);

    private AnthropicOpenBlock Find(int index) =>
        _open.TryGetValue(index, out var block) ? block : throw new JsonException("A block goes on that has not begun.");

    private ChatError Fail(VendorError error) => failures.FromEvent(AnthropicErrorReader.KindOf(error), error);

    private void Finish(AnthropicMessageDelta delta, List<ChatStreamEvent> output)
    {
        _usage = delta.Usage?.After(_usage) ?? _usage;
        if (delta.Delta.StopReason is { } reason)
        {
            MayEnd = true;
            Emit(ChatDelta.Empty, output, AnthropicAnswerReader.MapStopReason(reason));
        }
    }

    private void Emit(ChatDelta? delta, List<ChatStreamEvent> output, string? finishReason = null)
    {
        if (delta is null)
        {
            return;
        }

        // The role waits for the first piece of the answer: until then the provider has not begun, and the call can go elsewhere.
        var chunk = _chunk ?? throw new JsonException("No message_start.");
        output.Add(chunk with
        {
            Choices = [new() { Delta = _begun ? delta : delta with { Role = ChatRoles.Assistant }, FinishReason = finishReason }],
            Usage = finishReason is null || _usage is not { OutputTokens: not null } whole ? null : whole.ToChat(),
        });
        _begun = true;
    }
}
