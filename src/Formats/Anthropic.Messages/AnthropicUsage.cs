using System.Text.Json.Serialization;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>The usage of an answer, in tokens. In a stream each count is the sum so far, and null if it has not changed.</summary>
internal sealed record AnthropicUsage
{
    /// <summary>Tokens of the prompt that were neither read from the prompt cache nor written to it.</summary>
    public int? InputTokens { get; init; }

    public int? CacheCreationInputTokens { get; init; }

    /// <summary>The tokens written to the prompt cache, by their lifetime.</summary>
    public AnthropicCacheCreation? CacheCreation { get; init; }

    public int? CacheReadInputTokens { get; init; }

    /// <summary>Tokens of the answer, including thinking.</summary>
    public int? OutputTokens { get; init; }

    public AnthropicOutputTokensDetails? OutputTokensDetails { get; init; }

    /// <summary>These counts, completed with the earlier ones.</summary>
    public AnthropicUsage After(AnthropicUsage? earlier) => new()
    {
        InputTokens = InputTokens ?? earlier?.InputTokens,
        CacheCreationInputTokens = CacheCreationInputTokens ?? earlier?.CacheCreationInputTokens,
        CacheCreation = CacheCreation ?? earlier?.CacheCreation,
        CacheReadInputTokens = CacheReadInputTokens ?? earlier?.CacheReadInputTokens,
        OutputTokens = OutputTokens ?? earlier?.OutputTokens,
        OutputTokensDetails = OutputTokensDetails ?? earlier?.OutputTokensDetails,
    };

    public ChatUsage ToChat()
    {
        var prompt = (InputTokens ?? 0) + (CacheCreationInputTokens ?? 0) + (CacheReadInputTokens ?? 0);
        var thinking = OutputTokensDetails?.ThinkingTokens;
        return ChatUsage.Of(prompt, OutputTokens ?? 0) with
        {
            PromptTokensDetails = CacheReadInputTokens > 0 || CacheCreationInputTokens > 0 ? ToDetails() : null,
            CompletionTokensDetails = thinking > 0 ? new() { ReasoningTokens = thinking } : null,
        };
    }

    private PromptTokensDetails ToDetails() => new()
    {
        CachedTokens = CacheReadInputTokens,
        CacheWriteTokens = CacheCreationInputTokens > 0 ? CacheCreationInputTokens : null,
        CacheWrite1hTokens = CacheCreation?.Ephemeral1hInputTokens > 0 ? CacheCreation.Ephemeral1hInputTokens : null,
    };
}

/// <summary>Details of the tokens written to the prompt cache.</summary>
internal sealed record AnthropicCacheCreation
{
    /// <summary>Tokens that are kept for an hour instead of five minutes.</summary>
    [JsonPropertyName("ephemeral_1h_input_tokens")] public int? Ephemeral1hInputTokens { get; init; }
}

/// <summary>Details of the answer's tokens.</summary>
internal sealed record AnthropicOutputTokensDetails
{
    public int? ThinkingTokens { get; init; }
}
