using System.Collections.Immutable;
using System.Text.Json;

namespace Prism.Formats.Ollama;

/// <summary>A message of a conversation, or (a piece of) an answer.</summary>
/// <remarks>Source: https://docs.ollama.com/api/chat</remarks>
internal sealed record OllamaMessage
{
    public string? Role { get; init; }

    /// <summary>Never omitted from a request, but may be empty.</summary>
    public string? Content { get; init; }

    public string? Thinking { get; init; }

    /// <summary>Base64, without the prefix of a <c>data:</c> URL.</summary>
    public ImmutableArray<string>? Images { get; init; }

    public ImmutableArray<OllamaToolCall>? ToolCalls { get; init; }

    /// <summary>On a tool message: the function that was called.</summary>
    public string? ToolName { get; init; }

    /// <summary>On a tool message: the id of the call. Older servers without ids only use <see cref="ToolName"/>.</summary>
    public string? ToolCallId { get; init; }
}

/// <summary>A tool call of the model.</summary>
internal sealed record OllamaToolCall
{
    /// <summary>Only newer servers send one.</summary>
    public string? Id { get; init; }

    public OllamaFunctionCall? Function { get; init; }
}

/// <summary>The function of an <see cref="OllamaToolCall"/>.</summary>
internal sealed record OllamaFunctionCall
{
    public string? Name { get; init; }

    /// <summary>An object; OpenAI uses its text instead.</summary>
    public JsonElement? Arguments { get; init; }
}
