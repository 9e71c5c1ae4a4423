using System.Text.RegularExpressions;

namespace Prism.Providers.Definitions;

/// <summary>Anthropic's messages.</summary>
internal static partial class AnthropicDefinition
{
    // Source: https://platform.claude.com/docs/en/build-with-claude/vision
    private static readonly MediaRule Claude = MediaRule.Of(4_784, MediaRule.Context1M);
    private static readonly MediaRule ClaudeUpTo46 = MediaRule.Of(1_600, MediaRule.Context1M);

    public static ProviderDefinition Create() => new()
    {
        Name = "anthropic",
        Dialect = PartNames.AnthropicMessages,
        Addressing = PartNames.AnthropicMessages,
        Authentication = PartNames.AnthropicKey,
        KeyHeader = "x-api-key",
        VendorUrl = "https://api.anthropic.com",
        MediaRuleOf = RuleOf,
    };

    private static MediaRule RuleOf(string model) =>
        OlderClaude().IsMatch(model) ? ClaudeUpTo46
        : model.StartsWith("claude-", StringComparison.Ordinal) ? Claude
        : MediaRule.Unknown;

    [GeneratedRegex(@"^claude-(?:2|3|(?:haiku|sonnet|opus)-4(?:-[0-6])?(?:-20\d{6}|-latest|@20\d{6})?$)")]
    private static partial Regex OlderClaude();
}
