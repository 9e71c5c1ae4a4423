using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prism.Grains.Interfaces.Chat;

/// <summary>The usage of an answer, in tokens.</summary>
[GenerateSerializer, Immutable, Alias("prism.chat-usage")]
public sealed record ChatUsage
{
    /// <summary>Tokens of the prompt, those read from or written to a provider's prompt cache included.</summary>
    [Id(0)] public int PromptTokens { get; init; }

    /// <summary>Tokens of the answer, reasoning included.</summary>
    [Id(1)] public int CompletionTokens { get; init; }

    /// <summary>The sum of both.</summary>
    [Id(2)] public int TotalTokens { get; init; }

    /// <summary>Of the prompt's tokens.</summary>
    [Id(3)] public PromptTokensDetails? PromptTokensDetails { get; init; }

    /// <summary>Of the answer's tokens.</summary>
    [Id(4)] public CompletionTokensDetails? CompletionTokensDetails { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(5), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }

    /// <summary>
    /// The cost of the upstream call, in USD; null if the price is unknown. It is not the cost of each request that the answer serves: see <see
    /// cref="CostOf"/>. Not part of the JSON.
    /// </summary>
    [Id(6), JsonIgnore, JsonPropertyName("(cost_usd)")] public decimal? CostUsd { get; init; }

    /// <summary>The cost of a request with this usage, in USD: zero if the answer had been paid for; null if unknown.</summary>
    public decimal? CostOf(AnswerInfo? route) => route?.Cache is ChatCacheResult.Hit or ChatCacheResult.Joined ? 0 : CostUsd;

    /// <summary>A usage whose total is the sum of its parts.</summary>
    public static ChatUsage Of(int promptTokens, int completionTokens) =>
        new() { PromptTokens = promptTokens, CompletionTokens = completionTokens, TotalTokens = promptTokens + completionTokens };
}

/// <summary>Of the prompt's tokens.</summary>
[GenerateSerializer, Immutable, Alias("prism.prompt-tokens-details")]
public sealed record PromptTokensDetails
{
    /// <summary>Those that the provider had in its prompt cache.</summary>
    [Id(0)] public int? CachedTokens { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(1), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }

    /// <summary>Tokens that the provider wrote to its prompt cache, if it reports them. They cost more than others.</summary>
    [Id(2)] public int? CacheWriteTokens { get; init; }

    /// <summary>Of <see cref="CacheWriteTokens"/>, those that it put there for an hour; dearer still.</summary>
    [Id(3), JsonPropertyName("cache_write_1h_tokens")] public int? CacheWrite1hTokens { get; init; }
}

/// <summary>Of the answer's tokens.</summary>
[GenerateSerializer, Immutable, Alias("prism.completion-tokens-details")]
public sealed record CompletionTokensDetails
{
    /// <summary>Those spent on reasoning.</summary>
    [Id(0)] public int? ReasoningTokens { get; init; }

    /// <summary>Properties that Prism does not know by name. Not to be changed after construction.</summary>
    [Id(1), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }
}
