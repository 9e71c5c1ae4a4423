using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers.Upstream;

/// <summary>
/// Tells a piece of a stream that has some of the model's output from one that only shows that the provider is there: a role, an empty
/// text, a count of tokens.
/// </summary>
internal static class Output
{
    /// <summary>Whether there is any in a piece. The end of a choice is output too: it may be all there is.</summary>
    public static bool IsIn(ChatChunk chunk)
    {
        foreach (var choice in chunk.Choices)
        {
            if (!string.IsNullOrEmpty(choice.FinishReason) || IsIn(choice.Delta))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsIn(ChatDelta delta) =>
        !string.IsNullOrEmpty(delta.Content)
        || !string.IsNullOrEmpty(delta.ReasoningContent)
        || !string.IsNullOrEmpty(delta.Refusal)
        || IsIn(delta.ToolCalls)
        || (delta.Extra is { } extra && extra.Values.Any(IsIn));

    private static bool IsIn(ImmutableArray<ToolCall>? calls)
    {
        foreach (var call in calls ?? [])
        {
            if (!string.IsNullOrEmpty(call?.Id) || !string.IsNullOrEmpty(call?.Function?.Name) || !string.IsNullOrEmpty(call?.Function?.Arguments))
            {
                return true;
            }
        }

        return false;
    }

    // What Prism does not know may be output: audio, a vendor's own name for its reasoning.
    private static bool IsIn(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetRawText().Length > 2,
        JsonValueKind.Array => value.GetArrayLength() > 0 && value.EnumerateArray().Any(IsIn),
        JsonValueKind.Object => value.EnumerateObject().Any(property => IsIn(property.Value)),
        JsonValueKind.Number or JsonValueKind.True => true,
        _ => false,
    };
}
