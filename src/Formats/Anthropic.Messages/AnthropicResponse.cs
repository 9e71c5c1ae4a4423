using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Prism.Formats.Json;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>
/// The body of an answer, and of a stream's first event, in which the content is empty and the stop reason null. A body with status 200 may hold
/// <see cref="Error"/> instead.
/// </summary>
internal sealed record AnthropicResponse
{
    public string? Id { get; init; }

    public string? Model { get; init; }

    public ImmutableArray<AnthropicBlock>? Content { get; init; }

    public string? StopReason { get; init; }

    [JsonConverter(typeof(LenientJsonConverter<AnthropicUsage>))] public AnthropicUsage? Usage { get; init; }

    public AnthropicErrorObject? Error { get; init; }
}
