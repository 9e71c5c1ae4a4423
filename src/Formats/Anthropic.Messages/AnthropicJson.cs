using System.Text.Json.Serialization;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>The JSON of Anthropic's messages.</summary>
// Other servers of this type do not put "type" first, and a tool's input may nest deeply. A null for a required value is rejected here, so that no
// mapper gets one.
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
