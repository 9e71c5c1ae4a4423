using System.Collections.Immutable;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Chains.Planning;

/// <summary>A step as the call that it makes.</summary>
internal static class StepRequest
{
    public static ChatRequest Create(
        ChainStep step, string? owner, ImmutableArray<ChatMessage> messages, string? idempotencyKey, bool isRetry = false) => new()
        {
            Owner = owner,
            Messages = messages,
            Provider = step.Provider,
            Model = step.Model,
            Temperature = step.Temperature,
            MaxTokens = step.MaxTokens,
            ResponseFormat = step.ResponseFormat,
            IdempotencyKey = idempotencyKey,
            RequestId = idempotencyKey,
            // An answer that was of no use is not to be had again.
            Cache = isRetry ? new() { NoCache = true } : null,
        };
}
