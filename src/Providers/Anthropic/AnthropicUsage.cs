using Prism.Chat;

namespace Prism.Providers.Anthropic;

/// <summary>What an answer took, in tokens. In a stream each count is the sum so far, and null where it has not changed.</summary>
internal sealed record AnthropicUsage
{
    /// <summary>Those of the prompt that neither came from the prompt cache nor went into it.</summary>
    public int? InputTokens { get; init; }

    public int? CacheCreationInputTokens { get; init; }

    public int? CacheReadInputTokens { get; init; }

    /// <summary>Thinking included.</summary>
    public int? OutputTokens { get; init; }

    public AnthropicOutputTokensDetails? OutputTokensDetails { get; init; }

    /// <summary>These counts, and where they are silent the earlier ones.</summary>
    public AnthropicUsage After(AnthropicUsage? earlier) => new()
    {
        InputTokens = InputTokens ?? earlier?.InputTokens,
        CacheCreationInputTokens = CacheCreationInputTokens ?? earlier?.CacheCreationInputTokens,
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
            PromptTokensDetails = CacheReadInputTokens > 0 ? new() { CachedTokens = CacheReadInputTokens } : null,
            CompletionTokensDetails = thinking > 0 ? new() { ReasoningTokens = thinking } : null,
        };
    }
}

/// <summary>Of the answer's tokens.</summary>
internal sealed record AnthropicOutputTokensDetails
{
    public int? ThinkingTokens { get; init; }
}
