using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>Reads Anthropic's stream: a message's start, its blocks one after the other, its stop reason and usage, its end.</summary>
internal sealed class AnthropicStreamDecoder(IVendorFailures failures, long created) : IStreamDecoder
{
    // Far more than any answer has: it bounds the state for blocks.
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
                // Skipped, if it is a valid event.
                _ = JsonSerializer.Deserialize(data, AnthropicJson.Default.AnthropicUnknownEvent);
                break;
        }
    }

    private void Begin(AnthropicResponse message)
    {
        _chunk = new() { Id = message.Id, Created = created, Model = message.Model };
        // Its output count only covers the beginning of the answer: without a later one, the whole answer has no count.
        _usage = message.Usage is { } usage ? usage with { OutputTokens = null } : null;
    }

    private AnthropicOpenBlock Open(AnthropicBlockStart start) => _open.Count >= MaxBlocks
        ? throw new JsonException("Too many blocks.")
        : _open[start.Index] = AnthropicOpenBlock.Create(start.ContentBlock, ref _toolCalls);

    private AnthropicOpenBlock Find(int index) =>
        _open.TryGetValue(index, out var block) ? block : throw new JsonException("A delta or a stop of a block that has not started.");

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

        // The role is sent with the first piece of the answer: until then the call can fall back on another provider.
        var chunk = _chunk ?? throw new JsonException("No message_start.");
        output.Add(chunk with
        {
            Choices = [new() { Delta = _begun ? delta : delta with { Role = ChatRoles.Assistant }, FinishReason = finishReason }],
            Usage = finishReason is null || _usage is not { OutputTokens: not null } whole ? null : whole.ToChat(),
        });
        _begun = true;
    }
}
