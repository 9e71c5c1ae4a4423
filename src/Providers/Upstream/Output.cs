using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers.Upstream;

/// <summary>
/// Distinguishes pieces of a stream with output of the model from those that only show that the provider is alive: a role, an empty text, a count of
/// tokens.
/// </summary>
internal static class Output
{
    /// <summary>Whether a piece has output. The end of a choice is output too: there may be no other.</summary>
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

    // Unknown properties may be output: audio, a vendor's own name for its reasoning.
    private static bool IsIn(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetRawText().Length > 2,
        JsonValueKind.Array => value.GetArrayLength() > 0 && value.EnumerateArray().Any(IsIn),
        JsonValueKind.Object => value.EnumerateObject().Any(property => IsIn(property.Value)),
        JsonValueKind.Number or JsonValueKind.True => true,
        _ => false,
    };
}
