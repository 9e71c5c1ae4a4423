using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.Usage;

/// <summary>The sum of usage and cost of upstream calls.</summary>
[GenerateSerializer, Immutable, Alias("prism.usage-sums")]
public readonly record struct UsageSums
{
    /// <summary>How many calls.</summary>
    [Id(0)] public long Requests { get; init; }

    /// <summary>Tokens of prompts, cached ones included.</summary>
    [Id(1)] public long InputTokens { get; init; }

    /// <summary>Of <see cref="InputTokens"/>, those that providers had in their prompt caches.</summary>
    [Id(2)] public long CachedInputTokens { get; init; }

    /// <summary>Tokens of answers.</summary>
    [Id(3)] public long OutputTokens { get; init; }

    /// <summary>In USD, of those calls whose price is known.</summary>
    [Id(4)] public decimal CostUsd { get; init; }

    /// <summary>How many of the calls were for a model of unknown price.</summary>
    [Id(5)] public long UnpricedRequests { get; init; }

    /// <summary>The tokens of prompts and answers of those calls.</summary>
    [Id(6)] public long UnpricedTokens { get; init; }

    /// <summary>One call.</summary>
    public static UsageSums Of(ChatUsage usage)
    {
        // Providers may report any number, and usage never decreases.
        var (input, output) = (Math.Max(0, usage.PromptTokens), Math.Max(0, usage.CompletionTokens));
        var isPriced = usage.CostUsd is not null;
        return new()
        {
            Requests = 1,
            InputTokens = input,
            CachedInputTokens = Math.Clamp(usage.PromptTokensDetails?.CachedTokens ?? 0, 0, input),
            OutputTokens = output,
            CostUsd = usage.CostUsd ?? 0,
            UnpricedRequests = isPriced ? 0 : 1,
            UnpricedTokens = isPriced ? 0 : (long)input + output,
        };
    }

    /// <summary>Both together.</summary>
    public static UsageSums operator +(UsageSums one, UsageSums other) => new()
    {
        Requests = one.Requests + other.Requests,
        InputTokens = one.InputTokens + other.InputTokens,
        CachedInputTokens = one.CachedInputTokens + other.CachedInputTokens,
        OutputTokens = one.OutputTokens + other.OutputTokens,
        CostUsd = one.CostUsd + other.CostUsd,
        UnpricedRequests = one.UnpricedRequests + other.UnpricedRequests,
        UnpricedTokens = one.UnpricedTokens + other.UnpricedTokens,
    };
}

/// <summary>The usage and cost of an owner's calls of one day and model.</summary>
/// <param name="Line">Of which day and model.</param>
/// <param name="Sums">The sums.</param>
[GenerateSerializer, Immutable, Alias("prism.usage-entry")]
public readonly record struct UsageEntry([property: Id(0)] UsageLine Line, [property: Id(1)] UsageSums Sums);

/// <summary>A line of an owner's account.</summary>
/// <param name="Day">A UTC day.</param>
/// <param name="Provider">The provider's name.</param>
/// <param name="Model">The requested model; <c>other</c> beyond a bound.</param>
[GenerateSerializer, Immutable, Alias("prism.usage-line")]
public readonly record struct UsageLine([property: Id(0)] DateOnly Day, [property: Id(1)] string Provider, [property: Id(2)] string Model);
