using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Gateway.Chat;

/// <summary>The body of <c>POST /v1/chat</c>. Tool calls and the like are there where the answer has them.</summary>
internal sealed record NativeResponse
{
    public string? Id { get; init; }

    public string? Model { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? Content { get; init; }

    public string? Role { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? FinishReason { get; init; }

    public ChatUsage? Usage { get; init; }

    public ImmutableArray<ToolCall>? ToolCalls { get; init; }

    public string? ReasoningContent { get; init; }

    public string? Refusal { get; init; }

    public static NativeResponse From(ChatResponse answer)
    {
        var choice = answer.Choices is [var first, ..] ? first : new ChatChoice();
        return new()
        {
            Id = answer.Id,
            Model = answer.Model,
            Content = choice.Message?.Content,
            Role = choice.Message?.Role ?? ChatRoles.Assistant,
            FinishReason = choice.FinishReason,
            Usage = answer.Usage,
            ToolCalls = choice.Message?.ToolCalls,
            ReasoningContent = choice.Message?.ReasoningContent,
            Refusal = choice.Message?.Refusal,
        };
    }
}

/// <summary>One event of a streamed <c>POST /v1/chat</c>.</summary>
internal sealed record NativeChunk
{
    public string? Id { get; init; }

    public string? Model { get; init; }

    public string Delta { get; init; } = "";

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? FinishReason { get; init; }

    public ImmutableArray<ToolCall>? ToolCalls { get; init; }

    public string? ReasoningContent { get; init; }

    public string? Refusal { get; init; }

    public ChatUsage? Usage { get; init; }

    public static NativeChunk From(ChatChunk chunk, ChatDelta delta) => new()
    {
        Id = chunk.Id,
        Model = chunk.Model,
        Delta = delta.Content ?? "",
        ToolCalls = delta.ToolCalls,
        ReasoningContent = delta.ReasoningContent,
        Refusal = delta.Refusal,
    };
}
