using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Quotas;

namespace Prism.Pipeline.Costs;

/// <summary>The prices of a model's tokens, in USD a million. Exact: neither prices nor costs are rounded.</summary>
internal sealed record ModelPrice
{
    private const decimal Million = 1_000_000;
    private const string AudioTokens = "audio_tokens";

    /// <summary>Tokens of the prompt that have no other price.</summary>
    public required decimal Input { get; init; }

    /// <summary>Tokens of the prompt that the provider read from its prompt cache.</summary>
    public required decimal CachedInput { get; init; }

    /// <summary>Tokens of the prompt that the provider wrote to its prompt cache, for its default time.</summary>
    public required decimal CacheWrite { get; init; }

    /// <summary>Tokens of the prompt that the provider wrote to its prompt cache for an hour.</summary>
    public required decimal CacheWrite1h { get; init; }

    /// <summary>Tokens of the answer, reasoning included.</summary>
    public required decimal Output { get; init; }

    /// <summary>Tokens of the prompt that are audio; null if the model has no price for them.</summary>
    public decimal? AudioInput { get; init; }

    /// <summary>Tokens of the answer that are audio; null if the model has no price for them.</summary>
    public decimal? AudioOutput { get; init; }

    /// <summary>The prices of a call with a long prompt, for all of its tokens; null if length makes no difference.</summary>
    public LongContextPrice? LongContext { get; init; }

    /// <summary>The prices of other service tiers than the standard one, by their names in a request.</summary>
    public ImmutableDictionary<string, ModelPrice> Tiers { get; init; } = ImmutableDictionary<string, ModelPrice>.Empty;

    /// <summary>The price on the operator's own machines.</summary>
    public static ModelPrice Free { get; } = new() { Input = 0, CachedInput = 0, CacheWrite = 0, CacheWrite1h = 0, Output = 0 };

    private decimal DearestInput => Math.Max(Math.Max(Input, CachedInput), Math.Max(CacheWrite, CacheWrite1h));

    /// <summary>The cost of an answer, in USD.</summary>
    /// <param name="usage">The usage of the answer.</param>
    /// <param name="tier">The service tier of the answer; null: the standard one. A tier without prices is charged as standard.</param>
    public decimal CostOf(ChatUsage usage, string? tier = null)
    {
        var price = tier is not null && Tiers.TryGetValue(tier, out var ofTier) ? ofTier : this;
        return (price.LongContext ?? LongContext) is { } more && usage.PromptTokens > more.Above
            ? more.Price.SumOf(usage)
            : price.SumOf(usage);
    }

    /// <summary>The most that an answer can cost, in millionths of a USD, rounded up.</summary>
    /// <param name="promptTokens">The most that the prompt takes.</param>
    /// <param name="answerTokens">The most that the answer takes.</param>
    /// <param name="features">The features of the call that have their own price; this model must have a price for each of them.</param>
    public long BoundOf(long promptTokens, long answerTokens, in PricedFeatures features = default)
    {
        if (features.Tier != PricedFeatures.AutoTier)
        {
            var price = features.Tier is { } named && Tiers.TryGetValue(named, out var ofTier) ? ofTier : this;
            return MicroUsd.RoundUp(MostOf(price, promptTokens, answerTokens, features));
        }

        // The provider chooses the tier.
        var most = MostOf(this, promptTokens, answerTokens, features);
        foreach (var (_, tier) in Tiers)
        {
            most = Math.Max(most, MostOf(tier, promptTokens, answerTokens, features));
        }

        return MicroUsd.RoundUp(most);
    }

    private decimal MostOf(ModelPrice tier, long promptTokens, long answerTokens, in PricedFeatures features)
    {
        var most = tier.ProductOf(promptTokens, answerTokens, features);
        return (tier.LongContext ?? LongContext) is { } more && promptTokens > more.Above
            ? Math.Max(most, more.Price.ProductOf(promptTokens, answerTokens, features))
            : most;
    }

    // Prices are in USD a million tokens, so this is in millionths of a USD.
    private decimal ProductOf(long promptTokens, long answerTokens, in PricedFeatures features) =>
        (promptTokens * (features.Audio is not null ? Math.Max(DearestInput, AudioInput ?? 0) : DearestInput))
            + (answerTokens * (features.AnswersAudio ? Math.Max(Output, AudioOutput ?? 0) : Output));

    private decimal SumOf(ChatUsage usage)
    {
        // A provider may report anything: each part is clamped to between zero and the rest of the whole.
        var details = usage.PromptTokensDetails;
        var plain = Math.Max(0, usage.PromptTokens);
        var cached = TakeFrom(ref plain, details?.CachedTokens);
        var written = TakeFrom(ref plain, Math.Max(details?.CacheWriteTokens ?? 0, details?.CacheWrite1hTokens ?? 0));
        var writtenForAnHour = TakeFrom(ref written, details?.CacheWrite1hTokens);
        var heard = TakeFrom(ref plain, CountOf(details?.Extra));
        var answer = Math.Max(0, usage.CompletionTokens);
        var spoken = TakeFrom(ref answer, CountOf(usage.CompletionTokensDetails?.Extra));
        return ((plain * Input) + (cached * CachedInput) + (written * CacheWrite) + (writtenForAnHour * CacheWrite1h) + (answer * Output)
            + (heard * (AudioInput ?? Input)) + (spoken * (AudioOutput ?? Output))) / Million;
    }

    private static int? CountOf(Dictionary<string, JsonElement>? details) =>
        details is not null && details.TryGetValue(AudioTokens, out var count) && count.ValueKind == JsonValueKind.Number && count.TryGetInt32(out var tokens)
            ? tokens
            : null;

    private static int TakeFrom(ref int whole, int? part)
    {
        var taken = Math.Clamp(part ?? 0, 0, whole);
        whole -= taken;
        return taken;
    }
}

/// <summary>The prices of calls with a long prompt.</summary>
/// <param name="Above">The tokens that a prompt must exceed.</param>
/// <param name="Price">The prices of all tokens of such a call.</param>
internal sealed record LongContextPrice(int Above, ModelPrice Price);
