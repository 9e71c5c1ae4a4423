using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Prism.Chat;

/// <summary>The body of <c>POST /v1/chat</c>. Tool calls and other optional parts are present if the answer has them.</summary>
public sealed record NativeResponse
{
    /// <summary>The answer's id.</summary>
    public string? Id { get; init; }

    /// <summary>The model that answered.</summary>
    public string? Model { get; init; }

    /// <summary>The text.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? Content { get; init; }

    /// <summary>Always <c>assistant</c>.</summary>
    public string? Role { get; init; }

    /// <summary>One of <see cref="FinishReasons"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? FinishReason { get; init; }

    /// <summary>The usage of the answer.</summary>
    public ChatUsage? Usage { get; init; }

    /// <summary>The tool calls of the model.</summary>
    public ImmutableArray<ToolCall>? ToolCalls { get; init; }

    /// <summary>The reasoning of the model before its answer.</summary>
    public string? ReasoningContent { get; init; }

    /// <summary>The reason that the model refused to answer.</summary>
    public string? Refusal { get; init; }

    /// <summary>The first choice of an answer.</summary>
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
public sealed record NativeChunk
{
    /// <summary>The answer's id, the same on all its events.</summary>
    public string? Id { get; init; }

    /// <summary>The model that answers.</summary>
    public string? Model { get; init; }

    /// <summary>More text.</summary>
    public string Delta { get; init; } = "";

    /// <summary>One of <see cref="FinishReasons"/> on the last event, otherwise null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? FinishReason { get; init; }

    /// <summary>Fragments of tool calls.</summary>
    public ImmutableArray<ToolCall>? ToolCalls { get; init; }

    /// <summary>More reasoning of the model.</summary>
    public string? ReasoningContent { get; init; }

    /// <summary>More of a refusal.</summary>
    public string? Refusal { get; init; }

    /// <summary>The usage of the whole answer, on the last event, if it was requested.</summary>
    public ChatUsage? Usage { get; init; }

    /// <summary>A piece of an answer.</summary>
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
