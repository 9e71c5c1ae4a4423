using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>The body of a call. Source: https://platform.claude.com/docs/en/api/messages/create</summary>
internal sealed record AnthropicRequest
{
    public required string? Model { get; init; }

    /// <summary>The output cap, including thinking.</summary>
    public required int MaxTokens { get; init; }

    public ImmutableArray<AnthropicBlock>? System { get; init; }

    public required ImmutableArray<AnthropicMessage> Messages { get; init; }

    public double? Temperature { get; init; }

    public double? TopP { get; init; }

    public ImmutableArray<string>? StopSequences { get; init; }

    public ImmutableArray<AnthropicTool>? Tools { get; init; }

    public AnthropicToolChoice? ToolChoice { get; init; }

    public AnthropicOutputConfig? OutputConfig { get; init; }

    public AnthropicThinkingConfig? Thinking { get; init; }

    public AnthropicMetadata? Metadata { get; init; }

    public bool? Stream { get; init; }

    /// <summary>Anthropic's own parameters, as the client sent them.</summary>
    [JsonExtensionData] public Dictionary<string, JsonElement>? Verbatim { get; set; }
}

/// <summary>A turn of the conversation.</summary>
/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">At least one block.</param>
internal sealed record AnthropicMessage(string Role, ImmutableArray<AnthropicBlock> Content);

/// <summary>A tool that the model may call.</summary>
internal sealed record AnthropicTool
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>A JSON Schema of an object.</summary>
    public required JsonElement InputSchema { get; init; }

    public bool? Strict { get; init; }

    public JsonElement? CacheControl { get; init; }
}

/// <summary>Whether the model may or must call tools.</summary>
internal sealed record AnthropicToolChoice
{
    /// <summary><c>auto</c>, <c>any</c>, <c>tool</c> or <c>none</c>.</summary>
    public required string Type { get; init; }

    /// <summary>With <c>tool</c>: the name of the tool.</summary>
    public string? Name { get; init; }

    /// <summary>Not allowed with <c>none</c>.</summary>
    public bool? DisableParallelToolUse { get; init; }
}

/// <summary>The form of the answer.</summary>
internal sealed record AnthropicOutputConfig
{
    /// <summary><c>low</c>, <c>medium</c>, <c>high</c> or <c>xhigh</c>.</summary>
    public string? Effort { get; init; }

    public AnthropicOutputFormat? Format { get; init; }
}

/// <summary>JSON that follows a schema. Source: https://platform.claude.com/docs/en/build-with-claude/structured-outputs</summary>
/// <param name="Type">Always <c>json_schema</c>.</param>
/// <param name="Schema">A JSON Schema.</param>
internal sealed record AnthropicOutputFormat(string Type, JsonElement Schema);

/// <summary>Whether the model thinks before it answers.</summary>
internal sealed record AnthropicThinkingConfig
{
    /// <summary><c>enabled</c> or <c>adaptive</c>.</summary>
    public required string Type { get; init; }

    /// <summary>With <c>enabled</c>: at least 1024 and less than <see cref="AnthropicRequest.MaxTokens"/>.</summary>
    public int? BudgetTokens { get; init; }
}

/// <summary>The end user of the call.</summary>
internal sealed record AnthropicMetadata(string UserId);
