using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Chains.Running;

/// <summary>The sum of several calls' usage.</summary>
internal static class Usages
{
    public static ChatUsage? Add(ChatUsage? one, ChatUsage? other) => (one, other) switch
    {
        (null, _) => other,
        (_, null) => one,
        _ => new()
        {
            PromptTokens = one.PromptTokens + other.PromptTokens,
            CompletionTokens = one.CompletionTokens + other.CompletionTokens,
            TotalTokens = one.TotalTokens + other.TotalTokens,
        },
    };
}
