using System.Collections.Immutable;
using System.Text.Json;

namespace Prism.Grains.Interfaces.Chat;

/// <summary>A piece of a streamed answer, in Prism's canonical form: OpenAI's <c>chat.completion.chunk</c>.</summary>
/// <remarks>Source: https://platform.openai.com/docs/api-reference/chat/streaming</remarks>
[GenerateSerializer, Immutable, Alias("prism.chat-chunk")]
public sealed record ChatChunk
{
    /// <summary>The id of the answer, the same on all its pieces.</summary>
    [Id(0)] public string? Id { get; init; }

    /// <summary>Always <c>chat.completion.chunk</c>.</summary>
    public string ObjectType { get => field ?? "chat.completion.chunk"; private init; }

    /// <summary>When the answer was begun, in seconds since 1970 UTC, the same on all its pieces.</summary>
    [Id(1)] public long Created { get; init; }

    /// <summary>The model that answers, as the provider names it.</summary>
    [Id(2)] public string? Model { get; init; }

    /// <summary>The new pieces. Empty on a chunk that only has <see cref="Usage"/>.</summary>
    [Id(3)] public ImmutableArray<ChatChunkChoice> Choices { get => field.IsDefault ? [] : field; init; }

    /// <summary>The usage of the whole answer, on one of the last chunks.</summary>
    [Id(4)] public ChatUsage? Usage { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(5)] public Dictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>The new piece of one choice.</summary>
[GenerateSerializer, Immutable, Alias("prism.chat-chunk-choice")]
public sealed record ChatChunkChoice
{
    /// <summary>Its place among the choices, from 0.</summary>
    [Id(0)] public int Index { get; init; }

    /// <summary>The new part of its message.</summary>
    [Id(1)] public ChatDelta Delta { get => field ?? ChatDelta.Empty; init; }

    /// <summary>Log probabilities, if requested.</summary>
    [Id(2)] public JsonElement? Logprobs { get; init; }

    /// <summary>One of <see cref="FinishReasons"/> on the choice's last piece, else null.</summary>
    [Id(3)] public string? FinishReason { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(4)] public Dictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>A piece of an <see cref="AssistantMessage"/>: texts and arguments are joined to those before.</summary>
[GenerateSerializer, Immutable, Alias("prism.chat-delta")]
public sealed record ChatDelta
{
    /// <summary>A piece with nothing in it, as comes with a finish reason.</summary>
    public static readonly ChatDelta Empty = new();

    /// <summary><c>assistant</c> on the first piece of a choice.</summary>
    [Id(0)] public string? Role { get; init; }

    /// <summary>More text.</summary>
    [Id(1)] public string? Content { get; init; }

    /// <summary>More of a refusal.</summary>
    [Id(2)] public string? Refusal { get; init; }

    /// <summary>Fragments of tool calls; each has its <see cref="ToolCall.Index"/>.</summary>
    [Id(3)] public ImmutableArray<ToolCall>? ToolCalls { get; init; }

    /// <summary>The new part of the model's reasoning.</summary>
    [Id(4)] public string? ReasoningContent { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(5)] public Dictionary<string, JsonElement>? Extra { get; set; }
}
