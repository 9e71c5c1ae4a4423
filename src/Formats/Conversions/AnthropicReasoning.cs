using System.Globalization;
using System.Text.RegularExpressions;
using Prism.Formats.Anthropic.Messages;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>The effort of the model's thinking before it answers.</summary>
/// <param name="Thinking">Whether the model thinks, and its budget; null: the model's default.</param>
/// <param name="Effort">The effort, for models that choose the budget themselves; otherwise null.</param>
/// <param name="ExtraTokens">The tokens to add to the output cap so that the visible answer keeps its own cap.</param>
internal sealed partial record AnthropicReasoning(AnthropicThinkingConfig? Thinking, string? Effort, int ExtraTokens)
{
    private static readonly AnthropicReasoning Unasked = new(null, null, 0);

    /// <summary>Converts <c>reasoning_effort</c>.</summary>
    public static AnthropicReasoning Of(ChatRequest request, ConversionFaults faults)
    {
        if (request.ReasoningEffort is null or "none")
        {
            return Unasked;
        }

        if (BudgetOf(request.ReasoningEffort) is not { } budget)
        {
            faults.Invalid("must be none, minimal, low, medium, high or xhigh", "reasoning_effort");
            return Unasked;
        }

        if (request.Temperature is not (null or 1))
        {
            faults.Unsupported("a temperature other than 1 together with 'reasoning_effort'", "temperature");
        }

        // An adaptive model takes no budget, so the caller's cap is unchanged: for thinking and answer together, as OpenAI counts.
        return ThinksAdaptively(request.Model)
            ? new(new() { Type = "adaptive" }, request.ReasoningEffort == "minimal" ? "low" : request.ReasoningEffort, 0)
            : new(new() { Type = "enabled", BudgetTokens = budget }, null, budget);
    }

    // From Anthropic's minimum to the maximum that it recommends for synchronous calls. Source:
    // https://platform.claude.com/docs/en/build-with-claude/extended-thinking
    private static int? BudgetOf(string effort) => effort switch
    {
        "minimal" => 1024,
        "low" => 2048,
        "medium" => 8192,
        "high" => 16_384,
        "xhigh" => 32_000,
        _ => null,
    };

    // Up to 4.6 Claude takes a budget; from 4.7 on it rejects one and takes an effort. Names without a version count as models of other vendors,
    // which support the older form. Source: https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
    private static bool ThinksAdaptively(string? model) =>
        VersionOf().Match(model ?? "") is { Success: true } version && (Part(version, 1), Part(version, 2)) is ( > 4, _) or (4, >= 7);

    private static int Part(Match version, int group) =>
        version.Groups[group] is { Success: true } part ? int.Parse(part.ValueSpan, CultureInfo.InvariantCulture) : 0;

    // claude-opus-4-7, claude-sonnet-5, claude-sonnet-4-5-20250929; older names (claude-3-7-sonnet) have the version before the family.
    [GeneratedRegex(@"claude-[a-z]+-(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)")]
    private static partial Regex VersionOf();
}
