using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>Properties of the kinds of limits.</summary>
internal static class LimitKindExtensions
{
    /// <summary>Bounds every window of 60 s.</summary>
    public static bool IsRate(this LimitKind kind) => kind is LimitKind.RequestsPerMinute or LimitKind.TokensPerMinute;

    /// <summary>Bounds a calendar period: retrying soon does not help.</summary>
    public static bool IsBudget(this LimitKind kind) => kind is LimitKind.TokensPerDay or LimitKind.TokensPerMonth or LimitKind.MicroUsdPerMonth;

    /// <summary>As label of a metric and as code of an error: <c>tokens_per_minute</c>.</summary>
    public static string Label(this LimitKind kind) => kind switch
    {
        LimitKind.RequestsPerMinute => "requests_per_minute",
        LimitKind.TokensPerMinute => "tokens_per_minute",
        LimitKind.TokensPerDay => "tokens_per_day",
        LimitKind.TokensPerMonth => "tokens_per_month",
        LimitKind.MicroUsdPerMonth => "budget_usd_per_month",
        LimitKind.Concurrency => "concurrency",
        LimitKind.Upstream => "upstream",
        _ => "ledger",
    };
}
