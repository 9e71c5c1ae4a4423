using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>The UTC calendar of budgets. Times are ms since 1970.</summary>
internal static class BudgetCalendar
{
    /// <summary>The number of the period that a time is in. Later periods have higher numbers.</summary>
    public static long PeriodAt(LimitKind kind, long now)
    {
        var date = DateTimeOffset.FromUnixTimeMilliseconds(now);
        return kind == LimitKind.TokensPerDay ? now / 86_400_000 : (date.Year * 12L) + date.Month - 1;
    }

    /// <summary>When the period that a time is in ends.</summary>
    public static long EndAfter(LimitKind kind, long now)
    {
        var date = DateTimeOffset.FromUnixTimeMilliseconds(now);
        return kind == LimitKind.TokensPerDay
            ? ((now / 86_400_000) + 1) * 86_400_000
            : new DateTimeOffset(date.Year, date.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1).ToUnixTimeMilliseconds();
    }
}
