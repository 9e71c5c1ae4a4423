using Prism.Grains.Interfaces.Chat;

namespace Prism.Providers.Upstream;

/// <summary>Checks the usage that a provider reports: budgets and bills depend on it, so Prism uses it only if it is possible.</summary>
internal static class ReportedUsage
{
    /// <returns>Null if it is impossible, and the tokens have to be counted. Otherwise the total is at least the sum.</returns>
    public static ChatUsage? Check(ChatUsage? usage)
    {
        if (usage is not { PromptTokens: > 0, CompletionTokens: >= 0 })
        {
            return null;
        }

        var sum = (long)usage.PromptTokens + usage.CompletionTokens;
        return sum > int.MaxValue ? null
            : usage.TotalTokens >= sum ? usage
            // Some servers report the parts but no total.
            : usage with { TotalTokens = (int)sum };
    }
}
