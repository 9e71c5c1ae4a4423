using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prism.Grains.Interfaces.Chat;

/// <summary>A whole answer, in Prism's canonical form: OpenAI's <c>chat.completion</c>, whose JSON it reads and writes.</summary>
/// <remarks>Source: https://platform.openai.com/docs/api-reference/chat/object</remarks>
[GenerateSerializer, Immutable, Alias("prism.chat-response")]
public sealed record ChatResponse
{
    /// <summary>The provider's id of the answer, else one made by Prism.</summary>
    [Id(0)] public string? Id { get; init; }

    /// <summary>Always <c>chat.completion</c>.</summary>
    [JsonPropertyName("object")] public string ObjectType { get => field ?? "chat.completion"; private init; }

    /// <summary>When it was made, in seconds since 1970 UTC.</summary>
    [Id(1)] public long Created { get; init; }

    /// <summary>The model that answered, as the provider names it.</summary>
    [Id(2)] public string? Model { get; init; }

    /// <summary>The answers: one, or <see cref="ChatRequest.N"/>.</summary>
    [Id(3)] public ImmutableArray<ChatChoice> Choices { get => field.IsDefault ? [] : field; init; }

    /// <summary>The usage. If a provider leaves it out, the pipeline counts, so callers always get it.</summary>
    [Id(4)] public ChatUsage? Usage { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(5), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>One answer of a <see cref="ChatResponse"/>.</summary>
[GenerateSerializer, Immutable, Alias("prism.chat-choice")]
public sealed record ChatChoice
{
    /// <summary>Its place among the choices, from 0.</summary>
    [Id(0)] public int Index { get; init; }

    /// <summary>The model's message.</summary>
    [Id(1)] public AssistantMessage? Message { get; init; }

    /// <summary>Log probabilities, if requested.</summary>
    [Id(2), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public JsonElement? Logprobs { get; init; }

    /// <summary>One of <see cref="FinishReasons"/>.</summary>
    [Id(3), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? FinishReason { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(4), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>The message of a <see cref="ChatChoice"/>.</summary>
[GenerateSerializer, Immutable, Alias("prism.assistant-message")]
public sealed record AssistantMessage
{
    /// <summary>Always <c>assistant</c>.</summary>
    [Id(0)] public string? Role { get => field ?? ChatRoles.Assistant; init; }

    /// <summary>The text; null where the answer is only tool calls.</summary>
    [Id(1), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? Content { get; init; }

    /// <summary>Why the model refused to answer, if it did.</summary>
    [Id(2), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? Refusal { get; init; }

    /// <summary>The calls that the model makes.</summary>
    [Id(3)] public ImmutableArray<ToolCall>? ToolCalls { get; init; }

    /// <summary>The model's reasoning, if the provider shows it.</summary>
    [Id(4)] public string? ReasoningContent { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(5), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>Why an answer ended.</summary>
public static class FinishReasons
{
    /// <summary>By itself, or at a stop sequence.</summary>
    public const string Stop = "stop";

    /// <summary>At the output cap.</summary>
    public const string Length = "length";

    /// <summary>To have tools called.</summary>
    public const string ToolCalls = "tool_calls";

    /// <summary>The provider withheld it.</summary>
    public const string ContentFilter = "content_filter";
}
