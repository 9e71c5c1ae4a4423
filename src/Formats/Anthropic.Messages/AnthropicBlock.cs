using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>A piece of a message's content. A block of an unlisted type is an instance of this base, and is skipped.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonDerivedType(typeof(AnthropicText), "text")]
[JsonDerivedType(typeof(AnthropicImage), "image")]
[JsonDerivedType(typeof(AnthropicToolUse), "tool_use")]
[JsonDerivedType(typeof(AnthropicToolResult), "tool_result")]
[JsonDerivedType(typeof(AnthropicThinking), "thinking")]
[JsonDerivedType(typeof(AnthropicRedactedThinking), "redacted_thinking")]
internal record AnthropicBlock
{
    /// <summary>On input: a breakpoint of Anthropic's prompt cache, as the client sent it.</summary>
    public JsonElement? CacheControl { get; init; }
}

/// <summary>Text.</summary>
internal sealed record AnthropicText : AnthropicBlock
{
    public required string Text { get; init; }
}

/// <summary>An image of a user or a tool.</summary>
internal sealed record AnthropicImage : AnthropicBlock
{
    public required AnthropicImageSource Source { get; init; }
}

/// <summary>The source of an image: inline (<c>base64</c>) or at an address (<c>url</c>).</summary>
internal sealed record AnthropicImageSource
{
    public required string Type { get; init; }

    public string? MediaType { get; init; }

    public string? Data { get; init; }

    public string? Url { get; init; }
}

/// <summary>A tool call of the model.</summary>
internal sealed record AnthropicToolUse : AnthropicBlock
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>An object. In a stream it arrives empty, followed by its text in fragments.</summary>
    public JsonElement? Input { get; init; }
}

/// <summary>The result of a tool.</summary>
internal sealed record AnthropicToolResult : AnthropicBlock
{
    public required string ToolUseId { get; init; }

    /// <summary>Null: the result is empty.</summary>
    public ImmutableArray<AnthropicBlock>? Content { get; init; }
}

/// <summary>The model's thinking. It has to be returned unchanged: Anthropic checks the signature.</summary>
internal sealed record AnthropicThinking : AnthropicBlock
{
    public required string Thinking { get; init; }

    public string? Signature { get; init; }

    [JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>The model's thinking, encrypted. It has to be returned unchanged.</summary>
internal sealed record AnthropicRedactedThinking : AnthropicBlock
{
    [JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }
}
