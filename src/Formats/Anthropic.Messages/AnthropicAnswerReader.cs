using System.Collections.Immutable;
using System.Text.Json;
using Prism.Formats.Framing;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>Reads the answers of Anthropic's messages.</summary>
/// <remarks>Source: https://platform.claude.com/docs/en/api/messages</remarks>
/// <param name="failures">The failures of the provider.</param>
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
            var error = AnthropicErrorReader.Read(vendorError);
            return (null, failures.FromEvent(AnthropicErrorReader.KindOf(error), error));
        }

        return (Map(response, created), null);
    }

    /// <inheritdoc/>
    public IStreamDecoder CreateDecoder(long created) => new AnthropicStreamDecoder(failures, created);

    /// <inheritdoc/>
    public VendorError? ReadError(ReadOnlySpan<byte> body) => AnthropicErrorReader.Read(body);

    /// <summary>One of <see cref="FinishReasons"/>.</summary>
    internal static string MapStopReason(string reason) => reason switch
    {
        "max_tokens" or "model_context_window_exceeded" => FinishReasons.Length,
        "tool_use" => FinishReasons.ToolCalls,
        "refusal" => FinishReasons.ContentFilter,
        // end_turn, stop_sequence, pause_turn and future reasons: the answer is complete, or will not continue.
        _ => FinishReasons.Stop,
    };

    /// <summary>The arguments of a call that arrived whole.</summary>
    internal static string ArgumentsOf(AnthropicToolUse call) =>
        call.Input is { ValueKind: JsonValueKind.Object } input ? input.GetRawText() : "{}";

    private static ChatResponse Map(AnthropicResponse response, long created)
    {
        var content = response.Content ?? throw new JsonException("No content.");
        var stopReason = response.StopReason ?? throw new JsonException("No stop_reason.");
        return new()
        {
            Id = response.Id,
            Created = created,
            Model = response.Model,
            Choices = [new() { Message = MapMessage(content), FinishReason = MapStopReason(stopReason) }],
            Usage = response.Usage?.ToChat(),
        };
    }

    private static AssistantMessage MapMessage(ImmutableArray<AnthropicBlock> content)
    {
        ImmutableArray<ToolCall> calls = [.. content.OfType<AnthropicToolUse>().Select(MapToolCall)];
        var text = string.Concat(content.OfType<AnthropicText>().Select(block => block.Text));
        var thought = string.Concat(content.OfType<AnthropicThinking>().Select(block => block.Thinking));
        return new()
        {
            Content = text.Length > 0 || calls.IsEmpty ? text : null,
            ToolCalls = calls.IsEmpty ? null : calls,
            ReasoningContent = thought.Length > 0 ? thought : null,
            Extra = AnthropicThoughts.Write([.. content.Where(block => block is AnthropicThinking or AnthropicRedactedThinking)]),
        };
    }

    private static ToolCall MapToolCall(AnthropicToolUse call) => new()
    {
        Id = call.Id,
        Type = "function",
        Function = new() { Name = call.Name, Arguments = ArgumentsOf(call) },
    };
}
