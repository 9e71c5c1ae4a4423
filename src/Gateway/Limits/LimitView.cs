using System.Collections.Immutable;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Gateway.Limits;

/// <summary>The state of a limit in responses of <c>/admin</c>.</summary>
/// <param name="Name">The name of its setting.</param>
/// <param name="Limit">The limit itself: requests, tokens or USD.</param>
/// <param name="Remaining">The part that is neither used nor granted to a silo.</param>
/// <param name="ResetAfterSeconds">The time until the full limit is available again if nothing more is used.</param>
internal sealed record LimitView(string Name, decimal Limit, decimal Remaining, double ResetAfterSeconds)
{
    private const decimal MicroUsd = 1_000_000;

    /// <summary>The limits of a ledger.</summary>
    public static ImmutableArray<LimitView> Of(LedgerStatus status) => [.. status.Limits.Select(Of)];

    private static LimitView Of(LimitStatus status)
    {
        var unit = status.Kind == LimitKind.MicroUsdPerMonth ? MicroUsd : 1;
        return new(NameOf(status.Kind), status.Limit / unit, status.Remaining / unit, Math.Round(status.ResetAfter.TotalSeconds, 3));
    }

    /// <summary>The name of the setting of a kind of limit.</summary>
    public static string NameOf(LimitKind kind) => kind switch
    {
        LimitKind.RequestsPerMinute => "requests_per_minute",
        LimitKind.TokensPerMinute => "tokens_per_minute",
        LimitKind.TokensPerDay => "tokens_per_day",
        LimitKind.TokensPerMonth => "tokens_per_month",
        LimitKind.MicroUsdPerMonth => "budget_usd_per_month",
        LimitKind.Concurrency => "max_concurrency",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
