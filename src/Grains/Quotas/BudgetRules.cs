using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>
/// The rules of budgets: the use of a calendar period, and the silos' grants of the rest. A period's grants are settled in it; once it is over, they
/// no longer matter.
/// </summary>
internal static class BudgetRules
{
    /// <summary>The part that is not free: used, or granted to silos.</summary>
    public static long Committed(LedgerState state, LimitKind kind)
    {
        var sum = PeriodOf(state, kind).Used;
        foreach (var silo in state.Silos)
        {
            sum += Outstanding(silo, kind);
        }

        return sum;
    }

    /// <summary>The part that a silo was granted and has not reported on.</summary>
    public static long Outstanding(SiloLease silo, LimitKind kind) => kind switch
    {
        LimitKind.TokensPerDay => silo.DayOutstanding,
        LimitKind.TokensPerMonth => silo.MonthOutstanding,
        _ => silo.SpendOutstanding,
    };

    /// <summary>Begins the period of <paramref name="now"/> if it is a later one. Never goes back to an earlier one.</summary>
    public static LedgerState Roll(LedgerState state, LimitKind kind, long now)
    {
        var number = BudgetCalendar.PeriodAt(kind, now);
        if (number <= PeriodOf(state, kind).Number)
        {
            return state;
        }

        return With(state, kind, new(number, 0)) with { Silos = [.. state.Silos.Select(silo => With(silo, kind, 0))] };
    }

    /// <summary>Takes a report.</summary>
    public static (LedgerState State, SiloLease Silo) Settle(LedgerState state, SiloLease silo, LeaseReport report)
    {
        var period = PeriodOf(state, report.Kind);
        return report.Block != period.Number
            ? (state, silo)
            : (With(state, report.Kind, period with { Used = period.Used + report.Spent }),
                With(silo, report.Kind, Outstanding(silo, report.Kind) - report.Spent - report.Returned));
    }

    /// <summary>Hands a grant over.</summary>
    public static (SiloLease Silo, LeaseGrant Grant) Hand(LedgerState state, SiloLease silo, LeaseGrant grant) => (
        With(silo, grant.Kind, Outstanding(silo, grant.Kind) + grant.Amount),
        grant with { Block = PeriodOf(state, grant.Kind).Number });

    private static BudgetPeriod PeriodOf(LedgerState state, LimitKind kind) => kind switch
    {
        LimitKind.TokensPerDay => state.Day,
        LimitKind.TokensPerMonth => state.Month,
        _ => state.Spend,
    };

    private static LedgerState With(LedgerState state, LimitKind kind, BudgetPeriod period) => kind switch
    {
        LimitKind.TokensPerDay => state with { Day = period },
        LimitKind.TokensPerMonth => state with { Month = period },
        _ => state with { Spend = period },
    };

    private static SiloLease With(SiloLease silo, LimitKind kind, long outstanding) => kind switch
    {
        LimitKind.TokensPerDay => silo with { DayOutstanding = outstanding },
        LimitKind.TokensPerMonth => silo with { MonthOutstanding = outstanding },
        _ => silo with { SpendOutstanding = outstanding },
    };
}
