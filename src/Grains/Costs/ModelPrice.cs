using Prism.Chat;

namespace Prism.Costs;

/// <summary>What the tokens of a model cost, in USD a million. Exact: neither the prices nor what comes of them is rounded.</summary>
internal sealed record ModelPrice
{
    private const decimal Million = 1_000_000;

    /// <summary>Tokens of the prompt that none of the other prices is for.</summary>
    public required decimal Input { get; init; }

    /// <summary>Tokens of the prompt that the provider had in its prompt cache.</summary>
    public required decimal CachedInput { get; init; }

    /// <summary>Tokens of the prompt that the provider put into its prompt cache, for as long as it does by itself.</summary>
    public required decimal CacheWrite { get; init; }

    /// <summary>Those that it put there for an hour.</summary>
    public required decimal CacheWrite1h { get; init; }

    /// <summary>Tokens of the answer, reasoning included.</summary>
    public required decimal Output { get; init; }

    /// <summary>The price of what runs on the operator's own machines.</summary>
    public static ModelPrice Free { get; } = new() { Input = 0, CachedInput = 0, CacheWrite = 0, CacheWrite1h = 0, Output = 0 };

    /// <summary>What an answer cost, in USD.</summary>
    public decimal CostOf(ChatUsage usage)
    {
        // A provider may say anything: no part is taken for less than nothing, nor for more than is left of the whole.
        var details = usage.PromptTokensDetails;
        var plain = Math.Max(0, usage.PromptTokens);
        var cached = TakeFrom(ref plain, details?.CachedTokens);
        var written = TakeFrom(ref plain, Math.Max(details?.CacheWriteTokens ?? 0, details?.CacheWrite1hTokens ?? 0));
        var writtenForAnHour = TakeFrom(ref written, details?.CacheWrite1hTokens);
        var answer = Math.Max(0, usage.CompletionTokens);
        return ((plain * Input) + (cached * CachedInput) + (written * CacheWrite) + (writtenForAnHour * CacheWrite1h) + (answer * Output)) / Million;
    }

    /// <summary>The most that an answer can cost, in USD.</summary>
    /// <param name="promptTokens">The most that the prompt takes.</param>
    /// <param name="answerTokens">The most that the answer takes.</param>
    public decimal BoundOf(long promptTokens, long answerTokens) =>
        ((promptTokens * Math.Max(Math.Max(Input, CachedInput), Math.Max(CacheWrite, CacheWrite1h))) + (answerTokens * Output)) / Million;

    private static int TakeFrom(ref int whole, int? part)
    {
        var taken = Math.Clamp(part ?? 0, 0, whole);
        whole -= taken;
        return taken;
    }
}
