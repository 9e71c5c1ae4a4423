using System.Text.Json.Serialization;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>The JSON of Anthropic's messages.</summary>
// Other servers of this type do not put "type" first, and what nests deeply is a tool's input. A null where a value must be is refused
// here, so that no mapper meets one.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true,
    RespectNullableAnnotations = true,
    MaxDepth = 128)]
[JsonSerializable(typeof(AnthropicRequest))]
[JsonSerializable(typeof(AnthropicResponse))]
[JsonSerializable(typeof(AnthropicEvent))]
[JsonSerializable(typeof(AnthropicUnknownEvent))]
[JsonSerializable(typeof(AnthropicErrorBody))]
[JsonSerializable(typeof(AnthropicUsage))]
internal sealed partial class AnthropicJson : JsonSerializerContext;
