using System.Collections.Immutable;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>The state of one limit of a ledger.</summary>
internal readonly struct LimitSnapshot(LedgerState state, LimitKind kind, long limit)
{
    /// <summary>The limit itself.</summary>
    public long Limit => limit;

    /// <summary>The part that is neither used nor granted; negative if more was spent than reserved, or the limit was lowered.</summary>
    public long Free { get; } = limit - Committed(state, kind);

    /// <summary>The time until the full limit is available again, if nothing more is spent.</summary>
    public TimeSpan ResetAfter => kind switch
    {
        _ when kind.IsRate() => TimeSpan.FromMilliseconds(RateLog.EmptyAt(SlotsOf(state, kind), state.Now) - state.Now),
        _ when kind.IsBudget() => TimeSpan.FromMilliseconds(BudgetCalendar.EndAfter(kind, state.Now) - state.Now),
        _ => TimeSpan.Zero,
    };

    /// <summary>The time until this amount is free, if nothing more is spent. Null: unknown.</summary>
    public TimeSpan? FreeAfter(long amount) => kind switch
    {
        _ when kind.IsRate() => RateLog.FreeAt(SlotsOf(state, kind), state.Now, limit, amount) is { } at
            ? TimeSpan.FromMilliseconds(at - state.Now)
            : null,
        _ when kind.IsBudget() => ResetAfter,
        _ => null,
    };

    /// <summary>The part that is kept for silos that have waited longer.</summary>
    public long ClaimedBefore(SiloLease silo)
    {
        var (sum, now) = (0L, state.Now);
        var since = silo.Claim is { } place && place.Until > now ? place.Since : now;
        foreach (var other in state.Silos)
        {
            if (other.Claim is { } claim && other.Silo != silo.Silo && claim.Until > now
                && (claim.Since < since || (claim.Since == since && string.CompareOrdinal(other.Silo, silo.Silo) < 0)))
            {
                sum += claim.Of(kind);
            }
        }

        return sum;
    }

    private static long Committed(LedgerState state, LimitKind kind) => kind switch
    {
        _ when kind.IsRate() => RateLog.Sum(SlotsOf(state, kind)),
        _ when kind.IsBudget() => BudgetRules.Committed(state, kind),
        _ => state.Silos.Sum(silo => silo.Permits),
    };

    private static ImmutableArray<RateSlot> SlotsOf(LedgerState state, LimitKind kind) =>
        kind == LimitKind.RequestsPerMinute ? state.Requests : state.Tokens;
}
