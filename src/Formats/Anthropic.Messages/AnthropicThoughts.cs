using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>
/// Carries the model's thinking through a client and back: Anthropic requires it, signed, together with the results of the tools that the model
/// called. The blocks are <c>thinking_blocks</c> beside the other properties of a message: Anthropic's own objects.
/// </summary>
internal static class AnthropicThoughts
{
    public const string Property = "thinking_blocks";

    /// <summary>The properties to put on a message; null if there is no thinking.</summary>
    public static Dictionary<string, JsonElement>? Write(ImmutableArray<AnthropicBlock> thoughts) => thoughts.IsEmpty
        ? null
        : new() { [Property] = JsonSerializer.SerializeToElement(thoughts, AnthropicJson.Default.ImmutableArrayAnthropicBlock) };

    /// <summary>The blocks on a message; none if it has no such property.</summary>
    /// <param name="message">As the client sent it.</param>
    /// <returns>Null where the property is not what <see cref="Write"/> makes.</returns>
    public static ImmutableArray<AnthropicBlock>? Read(ChatMessage message)
    {
        if (message.Extra is null || !message.Extra.TryGetValue(Property, out var property) || property.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        try
        {
            var blocks = property.Deserialize(AnthropicJson.Default.ImmutableArrayAnthropicBlock);
            return blocks.All(block => block is AnthropicThinking or AnthropicRedactedThinking) ? blocks : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
