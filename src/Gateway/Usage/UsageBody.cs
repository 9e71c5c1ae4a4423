using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Prism.Grains.Interfaces.Usage;

namespace Prism.Gateway.Usage;

/// <summary>Usage: <c>{"from","to","group_by":[…],"data":[…],"total":{…}}</c>.</summary>
/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
/// <param name="GroupBy">The properties that the rows are grouped by.</param>
/// <param name="Data">The rows, by key, day, provider and model.</param>
/// <param name="Total">The sum of all rows, of all pages.</param>
/// <param name="Next">The cursor of the next page of rows; null on the last.</param>
internal sealed record UsageBody(
    DateOnly From, DateOnly To, ImmutableArray<string> GroupBy, ImmutableArray<UsageRow> Data, UsageRow Total, string? Next = null);

/// <summary>
/// <c>{"key"?,"key_name"?,"day"?,"provider"?,"model"?,"requests","input_tokens","cached_input_tokens","output_tokens","cost_usd","unpriced_requests",
/// "unpriced_tokens"}</c>.
/// </summary>
internal sealed record UsageRow
{
    // A decimal of one with as many digits as a decimal has: dividing by it removes the trailing zeros.
    private const decimal One = 1.0000000000000000000000000000m;

    public string? Key { get; init; }

    /// <summary>The name of <see cref="Key"/>; null if it has none.</summary>
    public string? KeyName { get; init; }

    public DateOnly? Day { get; init; }

    public string? Provider { get; init; }

    public string? Model { get; init; }

    /// <summary>The number of upstream calls.</summary>
    public required long Requests { get; init; }

    /// <summary>Tokens of prompts, cached ones included.</summary>
    public required long InputTokens { get; init; }

    /// <summary>The part of the input tokens that providers had in their prompt caches.</summary>
    public required long CachedInputTokens { get; init; }

    /// <summary>Tokens of answers.</summary>
    public required long OutputTokens { get; init; }

    /// <summary>The known part of the cost; null if no price is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] public required decimal? CostUsd { get; init; }

    /// <summary>The number of calls that are not in the cost, because their price is unknown.</summary>
    public required long UnpricedRequests { get; init; }

    /// <summary>The tokens of prompts and answers of those calls.</summary>
    public required long UnpricedTokens { get; init; }

    public static UsageRow Of(in UsageSums sums, UsageGroup group = default) => new()
    {
        Key = group.Key,
        Day = group.Day,
        Provider = group.Provider,
        Model = group.Model,
        Requests = sums.Requests,
        InputTokens = sums.InputTokens,
        CachedInputTokens = sums.CachedInputTokens,
        OutputTokens = sums.OutputTokens,
        CostUsd = sums.Requests > 0 && sums.UnpricedRequests == sums.Requests ? null : sums.CostUsd / One,
        UnpricedRequests = sums.UnpricedRequests,
        UnpricedTokens = sums.UnpricedTokens,
    };
}
