using System.Collections.Immutable;
using Prism.Grains.Interfaces.Keys;
using Prism.Grains.Interfaces.Quotas;
using Prism.Providers;

namespace Prism.Grains.Quotas;

/// <summary>The limits that one ledger keeps. A limit that is null does not exist.</summary>
internal sealed record LimitSet
{
    /// <summary>No limit at all.</summary>
    public static readonly LimitSet None = new();

    /// <summary>Requests in any 60 s.</summary>
    public long? RequestsPerMinute { get; init; }

    /// <summary>Tokens in any 60 s.</summary>
    public long? TokensPerMinute { get; init; }

    /// <summary>Tokens of a UTC day.</summary>
    public long? TokensPerDay { get; init; }

    /// <summary>Tokens of a UTC month.</summary>
    public long? TokensPerMonth { get; init; }

    /// <summary>Millionths of a USD of a UTC month.</summary>
    public long? MicroUsdPerMonth { get; init; }

    /// <summary>Requests at the same time.</summary>
    public long? MaxConcurrency { get; init; }

    /// <summary>Whether there is no limit to keep.</summary>
    public bool IsEmpty => this == None;

    /// <summary>Whether tokens have to be reserved.</summary>
    public bool CountsTokens => (TokensPerMinute ?? TokensPerDay ?? TokensPerMonth) is not null;

    /// <summary>The lowest limit on tokens; the greatest number if there is none.</summary>
    public long ScarcestTokens =>
        Math.Min(TokensPerMinute ?? long.MaxValue, Math.Min(TokensPerDay ?? long.MaxValue, TokensPerMonth ?? long.MaxValue));

    /// <summary>The kinds that are limited here.</summary>
    public ImmutableArray<LimitKind> Kinds => [.. Enum.GetValues<LimitKind>().Where(kind => Of(kind) is not null)];

    /// <summary>The limit of a kind, or null.</summary>
    public long? Of(LimitKind kind) => kind switch
    {
        LimitKind.RequestsPerMinute => RequestsPerMinute,
        LimitKind.TokensPerMinute => TokensPerMinute,
        LimitKind.TokensPerDay => TokensPerDay,
        LimitKind.TokensPerMonth => TokensPerMonth,
        LimitKind.MicroUsdPerMonth => MicroUsdPerMonth,
        LimitKind.Concurrency => MaxConcurrency,
        _ => null,
    };

    /// <summary>The limits of an API key.</summary>
    public static LimitSet Of(ApiKeyTerms terms) => new()
    {
        RequestsPerMinute = terms.RequestsPerMinute,
        TokensPerMinute = terms.TokensPerMinute,
        TokensPerDay = terms.TokensPerDay,
        TokensPerMonth = terms.TokensPerMonth,
        MicroUsdPerMonth = terms.BudgetUsdPerMonth is { } budget ? MicroUsd.Of(budget) : null,
        MaxConcurrency = terms.MaxConcurrency,
    };

    /// <summary>The configured limits of a provider.</summary>
    public static LimitSet Of(ProviderOptions options) => new()
    {
        RequestsPerMinute = options.RequestsPerMinute,
        TokensPerMinute = options.TokensPerMinute,
        TokensPerDay = options.TokensPerDay,
        TokensPerMonth = options.TokensPerMonth,
        MaxConcurrency = options.MaxConcurrency,
    };
}
