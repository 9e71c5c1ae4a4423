using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>
/// Passes the model's thinking to the client and back: Anthropic requires it, signed, together with the results of tool calls. The blocks are
/// Anthropic's own objects, in the additional property <c>thinking_blocks</c> of a message.
/// </summary>
internal static class AnthropicThoughts
{
    public const string Property = "thinking_blocks";

    /// <summary>The properties to put on a message; null if there is no thinking.</summary>
    public static Dictionary<string, JsonElement>? Write(ImmutableArray<AnthropicBlock> thoughts) => thoughts.IsEmpty
        ? null
        : new() { [Property] = JsonSerializer.SerializeToElement(thoughts, AnthropicJson.Default.ImmutableArrayAnthropicBlock) };

    /// <summary>The blocks on a message; none if it has no such property.</summary>
    /// <param name="message">The message as the client sent it.</param>
    /// <returns>Null if the property does not have the form of <see cref="Write"/>.</returns>
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
