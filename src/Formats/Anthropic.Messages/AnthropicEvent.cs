using System.Text.Json.Serialization;
using Prism.Formats.Json;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>
/// An event of a stream. An event of an unlisted type (<c>ping</c> and future ones) is an instance of this base, and is skipped. Source:
/// https://platform.claude.com/docs/en/build-with-claude/streaming
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonDerivedType(typeof(AnthropicMessageStart), "message_start")]
[JsonDerivedType(typeof(AnthropicBlockStart), "content_block_start")]
[JsonDerivedType(typeof(AnthropicBlockDelta), "content_block_delta")]
[JsonDerivedType(typeof(AnthropicBlockStop), "content_block_stop")]
[JsonDerivedType(typeof(AnthropicMessageDelta), "message_delta")]
[JsonDerivedType(typeof(AnthropicMessageStop), "message_stop")]
[JsonDerivedType(typeof(AnthropicErrorEvent), "error")]
internal record AnthropicEvent;

internal sealed record AnthropicMessageStart : AnthropicEvent
{
    public required AnthropicResponse Message { get; init; }
}

internal sealed record AnthropicBlockStart : AnthropicEvent
{
    public required int Index { get; init; }

    public required AnthropicBlock ContentBlock { get; init; }
}

internal sealed record AnthropicBlockDelta : AnthropicEvent
{
    public required int Index { get; init; }

    public required AnthropicDelta Delta { get; init; }
}

internal sealed record AnthropicBlockStop : AnthropicEvent
{
    public required int Index { get; init; }
}

internal sealed record AnthropicMessageDelta : AnthropicEvent
{
    public required AnthropicMessageChange Delta { get; init; }

    [JsonConverter(typeof(LenientJsonConverter<AnthropicUsage>))] public AnthropicUsage? Usage { get; init; }
}

internal sealed record AnthropicMessageStop : AnthropicEvent;

internal sealed record AnthropicErrorEvent : AnthropicEvent
{
    public required AnthropicErrorObject Error { get; init; }
}

/// <summary>The properties of events of all types.</summary>
internal sealed record AnthropicUnknownEvent
{
    public required string Type { get; init; }
}

/// <summary>A change of the message as a whole.</summary>
internal sealed record AnthropicMessageChange
{
    public string? StopReason { get; init; }
}

/// <summary>A change of a block. A delta of an unlisted type (<c>citations_delta</c>) is an instance of this base, and is skipped.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonDerivedType(typeof(AnthropicTextDelta), "text_delta")]
[JsonDerivedType(typeof(AnthropicInputJsonDelta), "input_json_delta")]
[JsonDerivedType(typeof(AnthropicThinkingDelta), "thinking_delta")]
[JsonDerivedType(typeof(AnthropicSignatureDelta), "signature_delta")]
internal record AnthropicDelta;

internal sealed record AnthropicTextDelta : AnthropicDelta
{
    public required string Text { get; init; }
}

internal sealed record AnthropicInputJsonDelta : AnthropicDelta
{
    public required string PartialJson { get; init; }
}

internal sealed record AnthropicThinkingDelta : AnthropicDelta
{
    public required string Thinking { get; init; }
}

internal sealed record AnthropicSignatureDelta : AnthropicDelta
{
    public required string Signature { get; init; }
}
