using System.Text.Json.Serialization;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>What an answer took, in tokens. In a stream each count is the sum so far, and null where it has not changed.</summary>
internal sealed record AnthropicUsage
{
    /// <summary>Those of the prompt that neither came from the prompt cache nor went into it.</summary>
    public int? InputTokens { get; init; }

    public int? CacheCreationInputTokens { get; init; }

    /// <summary>How long what went into the prompt cache is kept there.</summary>
    public AnthropicCacheCreation? CacheCreation { get; init; }

    public int? CacheReadInputTokens { get; init; }

    /// <summary>Thinking included.</summary>
    public int? OutputTokens { get; init; }

    public AnthropicOutputTokensDetails? OutputTokensDetails { get; init; }

    /// <summary>These counts, and where they are silent the earlier ones.</summary>
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

/// <summary>Of what went into the prompt cache.</summary>
internal sealed record AnthropicCacheCreation
{
    /// <summary>What is kept for an hour instead of five minutes.</summary>
    [JsonPropertyName("ephemeral_1h_input_tokens")] public int? Ephemeral1hInputTokens { get; init; }
}

/// <summary>Of the answer's tokens.</summary>
internal sealed record AnthropicOutputTokensDetails
{
    public int? ThinkingTokens { get; init; }
}
