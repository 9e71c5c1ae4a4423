using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prism.Grains.Interfaces.Chat;

/// <summary>
/// One call for a chat completion, in Prism's canonical form: OpenAI's, whose JSON it reads and writes. What Prism does not know by name is
/// kept in <see cref="Extra"/> and reaches providers that speak the same format unchanged.
/// </summary>
/// <remarks>Source: https://platform.openai.com/docs/api-reference/chat/create</remarks>
[GenerateSerializer, Immutable, Alias("prism.chat-request")]
public sealed record ChatRequest
{
    /// <summary>
    /// A model of the provider (<c>gpt-4o-mini</c>), or one with its provider in front (<c>anthropic/claude-sonnet-4-5</c>).
    /// Null: the provider's default model.
    /// </summary>
    [Id(0)] public string? Model { get; init; }

    /// <summary>The conversation, oldest first. May be empty only when <see cref="Template"/> is set.</summary>
    [Id(1)] public ImmutableArray<ChatMessage> Messages { get => field.IsDefault ? [] : field; init; }

    /// <summary>From 0 to 2.</summary>
    [Id(2)] public double? Temperature { get; init; }

    /// <summary>From 0 to 1.</summary>
    [Id(3)] public double? TopP { get; init; }

    /// <summary>The most tokens the answer may have; at least 1.</summary>
    [Id(4)] public int? MaxTokens { get; init; }

    /// <summary>OpenAI's newer name for <see cref="MaxTokens"/>; wins where both are set.</summary>
    [Id(5)] public int? MaxCompletionTokens { get; init; }

    /// <summary>Texts that end the answer. In JSON a string or a list of strings.</summary>
    [Id(6)] public ImmutableArray<string>? Stop { get; init; }

    /// <summary>How many answers to make; at least 1.</summary>
    [Id(7)] public int? N { get; init; }

    /// <summary>Requests the same answer for the same call, as far as the provider can.</summary>
    [Id(8)] public long? Seed { get; init; }

    /// <summary>From −2 to 2.</summary>
    [Id(9)] public double? FrequencyPenalty { get; init; }

    /// <summary>From −2 to 2.</summary>
    [Id(10)] public double? PresencePenalty { get; init; }

    /// <summary>The tools that the model may call.</summary>
    [Id(11)] public ImmutableArray<ToolDefinition>? Tools { get; init; }

    /// <summary><c>"none"</c>, <c>"auto"</c>, <c>"required"</c> or <c>{"type":"function","function":{"name":…}}</c>.</summary>
    [Id(12)] public JsonElement? ToolChoice { get; init; }

    /// <summary>False: at most one tool call in an answer.</summary>
    [Id(13)] public bool? ParallelToolCalls { get; init; }

    /// <summary><c>{"type":"text"}</c>, <c>{"type":"json_object"}</c> or <c>{"type":"json_schema","json_schema":{…}}</c>.</summary>
    [Id(14)] public JsonElement? ResponseFormat { get; init; }

    /// <summary><c>none</c>, <c>minimal</c>, <c>low</c>, <c>medium</c>, <c>high</c> or <c>xhigh</c>, where the model reasons.</summary>
    [Id(15)] public string? ReasoningEffort { get; init; }

    /// <summary>The end user on whose behalf the call is made, an opaque id.</summary>
    [Id(16)] public string? User { get; init; }

    /// <summary>True: the caller wants the answer piece by piece.</summary>
    [Id(17)] public bool? Stream { get; init; }

    /// <summary>Only with <see cref="Stream"/>.</summary>
    [Id(18)] public ChatStreamOptions? StreamOptions { get; init; }

    /// <summary>A prompt template, rendered and put before <see cref="Messages"/>. Never sent upstream.</summary>
    [Id(19)] public string? Template { get; init; }

    /// <summary>The variables of <see cref="Template"/>. Never sent upstream.</summary>
    [Id(20)] public Dictionary<string, JsonElement>? Variables { get; init; }

    /// <summary>The provider by name. Null: from the prefix of <see cref="Model"/>, else the default. Not part of the JSON.</summary>
    // An ignored property swallows its name, and `provider` is OpenRouter's. So it gets a name that no client sends.
    [Id(21), JsonIgnore, JsonPropertyName("(provider)")] public string? Provider { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(22), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }

    /// <summary>The caller's use of the response cache; null for the default. Not part of the JSON.</summary>
    [Id(23), JsonIgnore, JsonPropertyName("(cache)")] public ChatCachePolicy? Cache { get; init; }

    /// <summary>
    /// The same for attempts of which only one may count, for providers that support it (OpenAI's <c>Idempotency-Key</c>). Not part of the JSON.
    /// </summary>
    [Id(24), JsonIgnore, JsonPropertyName("(idempotency_key)")] public string? IdempotencyKey { get; init; }

    /// <summary>
    /// The owner that pays, and whose templates <see cref="Template"/> is among. Null: <see cref="Owners.Global"/>. Not part of the JSON.
    /// </summary>
    [Id(25), JsonIgnore, JsonPropertyName("(owner)")] public string? Owner { get; init; }

    /// <summary>The id of the HTTP request or of the run, for the log. Not part of the JSON, and not serialized.</summary>
    [field: NonSerialized]
    [JsonIgnore, JsonPropertyName("(request_id)")] public string? RequestId { get; init; }

    /// <summary>
    /// The providers to fall back on, in this order, if the provider fails before its first token: <c>provider/model</c>, or <c>provider</c> for its
    /// default model. Null: as configured; empty: none. Never sent upstream.
    /// </summary>
    [Id(26)] public ImmutableArray<string>? Fallbacks { get; init; }

    /// <summary>The output cap that is in force: <see cref="MaxCompletionTokens"/>, else <see cref="MaxTokens"/>.</summary>
    [JsonIgnore, JsonPropertyName("(output_token_limit)")] public int? OutputTokenLimit => MaxCompletionTokens ?? MaxTokens;
}

/// <summary>Options of a stream.</summary>
[GenerateSerializer, Immutable, Alias("prism.chat-stream-options")]
public sealed record ChatStreamOptions
{
    /// <summary>True: one extra chunk at the end has the usage.</summary>
    [Id(0)] public bool? IncludeUsage { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(1), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }
}
