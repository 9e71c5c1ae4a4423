using System.Runtime.InteropServices;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Grains.SharedCalls;

/// <summary>About how many bytes of memory the events of a shared call take: their texts, and what is around them.</summary>
internal static class FrameSize
{
    private const long OfEvent = 400;
    private const long OfValue = 300;

    public static long Of(in AnswerFrame frame) => OfEvent
        + (frame.Streamed.Chunk is { } chunk ? Of(chunk) : 0)
        + (frame.Whole is { } whole ? Of(whole) : 0);

    /// <summary>The size of a piece.</summary>
    public static long Of(ChatChunk chunk)
    {
        var size = Of(chunk.Extra);
        foreach (var choice in chunk.Choices)
        {
            var delta = choice.Delta;
            size += OfEvent + Of(delta.Content) + Of(delta.ReasoningContent) + Of(delta.Refusal) + Of(delta.ToolCalls)
                + Of(choice.Logprobs) + Of(choice.Extra) + Of(delta.Extra);
        }

        return size;
    }

    private static long Of(ChatResponse response)
    {
        var size = Of(response.Extra);
        foreach (var choice in response.Choices)
        {
            size += OfEvent + Of(choice.Logprobs) + Of(choice.Extra);
            if (choice.Message is { } message)
            {
                size += Of(message.Content) + Of(message.ReasoningContent) + Of(message.Refusal) + Of(message.ToolCalls) + Of(message.Extra);
            }
        }

        return size;
    }

    private static long Of(System.Collections.Immutable.ImmutableArray<ToolCall>? calls)
    {
        var size = 0L;
        foreach (var call in calls ?? [])
        {
            size += OfValue + Of(call.Function?.Name) + Of(call.Function?.Arguments) + Of(call.Extra) + Of(call.Function?.Extra);
        }

        return size;
    }

    private static long Of(Dictionary<string, JsonElement>? extra)
    {
        var size = 0L;
        foreach (var value in extra?.Values ?? Enumerable.Empty<JsonElement>())
        {
            size += Of(value);
        }

        return size;
    }

    private static long Of(JsonElement? value) =>
        value is { ValueKind: not JsonValueKind.Undefined } known ? OfValue + (2L * JsonMarshal.GetRawUtf8Value(known).Length) : 0;

    private static long Of(string? text) => 2L * (text?.Length ?? 0);
}
