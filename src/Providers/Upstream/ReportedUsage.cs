using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers.Upstream;

/// <summary>What a provider says that an answer took: budgets and bills go by it, so it is believed only where it can be true.</summary>
internal static class ReportedUsage
{
    /// <returns>Null where no answer can have taken that, and it has to be counted. Else the total is at least the sum.</returns>
    public static ChatUsage? Check(ChatUsage? usage)
    {
        if (usage is not { PromptTokens: > 0, CompletionTokens: >= 0 })
        {
            return null;
        }

        var sum = (long)usage.PromptTokens + usage.CompletionTokens;
        return sum > int.MaxValue ? null
            : usage.TotalTokens >= sum ? usage
            // Some servers tell the parts and no total.
            : usage with { TotalTokens = (int)sum };
    }
}
