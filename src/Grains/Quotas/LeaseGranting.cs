using System.Collections.Immutable;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>The grants for an ask. The numbers of the blocks are not set yet.</summary>
internal readonly record struct GrantDecision(LeaseAnswer Answer, ImmutableArray<LeaseGrant> Grants);

/// <summary>
/// The size of a grant: the silo's demand for the life of a block, but never more than a share of the rest, so that other silos get some too; in the
/// end only the needed amount.
/// </summary>
internal static class LeaseGranting
{
    // A block should outlast the refill, which the silo requests when two thirds are gone.
    private const double Headroom = 1.5;

    // The most of the rest of a budget that one silo may hold. A silo that dies takes its block with it for the rest of the period.
    private const long BudgetShare = 128;

    // At most such a part of a rate is granted for long: it is missing for longer when demand rises.
    private const long LongLivedShare = 8;

    // With much left, a block is at least this part of the limit, so that slow callers do not ask for each request.
    private const long LeastShare = 100;

    private static readonly TimeSpan BudgetLife = TimeSpan.FromMilliseconds(RateLog.LongLife);

    // The end of a request is unknown.
    private static readonly TimeSpan PermitRetry = TimeSpan.FromSeconds(1);

    public static GrantDecision Decide(LedgerState state, SiloLease silo, LeaseAsk ask, LimitSet limits, int liveSilos)
    {
        var answer = Judge(state, silo, ask, limits);
        var grants = ImmutableArray.CreateBuilder<LeaseGrant>(ask.Wants.Length);
        foreach (var want in ask.Wants)
        {
            if (limits.Of(want.Kind) is { } limit)
            {
                var snapshot = new LimitSnapshot(state, want.Kind, limit);
                var (amount, life) = answer.DeniedBy is null ? Size(snapshot, silo, want, liveSilos) : (0, TimeSpan.Zero);
                grants.Add(new()
                {
                    Kind = want.Kind,
                    Amount = amount,
                    Life = life,
                    Limit = limit,
                    Remaining = Math.Max(0, snapshot.Free - amount),
                    ResetAfter = amount > 0 && want.Kind.IsRate() ? Later(snapshot.ResetAfter, life + RateLog.WindowLength) : snapshot.ResetAfter,
                });
            }
        }

        return new(answer, grants.DrainToImmutable());
    }

    // The full needed amount or nothing: a part would be unused here while other silos could use it.
    private static LeaseAnswer Judge(LedgerState state, SiloLease silo, LeaseAsk ask, LimitSet limits)
    {
        var answer = new LeaseAnswer { Sequence = ask.Sequence, PermitsToKeep = PermitsToKeep(state, silo, limits) };
        if (state.HeldBackUntil > state.Now)
        {
            var wait = TimeSpan.FromMilliseconds(state.HeldBackUntil - state.Now);
            return answer with { HeldBackFor = wait, DeniedBy = LimitKind.Upstream, RetryAfter = wait };
        }

        foreach (var want in ask.Wants)
        {
            if (want.Needed == 0 || limits.Of(want.Kind) is not { } limit)
            {
                continue;
            }

            var snapshot = new LimitSnapshot(state, want.Kind, limit);
            var needed = want.Needed + snapshot.ClaimedBefore(silo);
            if (needed <= snapshot.Free)
            {
                continue;
            }

            // An amount above the limit is never free. An amount that others wait for may be.
            var retryAfter = want.Needed > limit ? (TimeSpan?)null : snapshot.FreeAfter(Math.Min(needed, limit)) ?? PermitRetry;
            if (answer.DeniedBy is null || retryAfter is null || retryAfter > answer.RetryAfter)
            {
                answer = answer with { DeniedBy = want.Kind, RetryAfter = retryAfter };
            }

            if (retryAfter is null)
            {
                break;
            }
        }

        return answer;
    }

    private static (long Amount, TimeSpan Life) Size(LimitSnapshot snapshot, SiloLease silo, LeaseWant want, int liveSilos)
    {
        var free = Math.Max(0, snapshot.Free - snapshot.ClaimedBefore(silo));
        if (want.Kind == LimitKind.Concurrency)
        {
            // The demand for permits is unknown: each grant is half as large again, until there are enough.
            return (want.Needed == 0 ? 0 : Bound(want, free, Math.Max(want.Queued, silo.Permits / 2), Share(free, liveSilos)), TimeSpan.Zero);
        }

        if (want.Kind.IsBudget())
        {
            var life = snapshot.ResetAfter < BudgetLife ? snapshot.ResetAfter : BudgetLife;
            return (Bound(want, free, Math.Max(want.Queued, Demand(want, life)), free / (BudgetShare * liveSilos)), life);
        }

        // Plenty: little is taken, and this demand on every silo would take no more than half of it.
        var plenty = snapshot.Limit - snapshot.Free <= snapshot.Limit / 4
            && want.PerSecond * liveSilos * (RateLog.Window / 1000) <= snapshot.Limit / 2;
        var span = TimeSpan.FromMilliseconds(plenty ? RateLog.LongLife : RateLog.ShortLife);
        var wish = Math.Max(want.Queued, Demand(want, span));
        var share = Share(free, liveSilos);
        return plenty
            ? (Bound(want, free, Math.Max(wish, snapshot.Limit / (LeastShare * liveSilos)), Math.Min(share, snapshot.Limit / LongLivedShare)), span)
            : (Bound(want, free, wish, share), span);
    }

    private static long Bound(LeaseWant want, long free, long wish, long share) =>
        Math.Min(free, Math.Max(want.Needed, Math.Min(wish, share)));

    private static long Demand(LeaseWant want, TimeSpan span) => (long)Math.Ceiling(want.PerSecond * span.TotalSeconds * Headroom);

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static long Share(long free, int liveSilos) => liveSilos <= 1 ? free : free / (2 * liveSilos);

    private static long? PermitsToKeep(LedgerState state, SiloLease silo, LimitSet limits)
    {
        if (limits.MaxConcurrency is not { } limit)
        {
            return null;
        }

        var claimed = state.Silos
            .Where(other => other.Silo != silo.Silo && other.Claim is { } claim && claim.Until > state.Now)
            .Sum(other => other.Claim!.Of(LimitKind.Concurrency));
        var missing = claimed - new LimitSnapshot(state, LimitKind.Concurrency, limit).Free;
        return missing <= 0 ? null : Math.Max(0, silo.Permits - missing);
    }
}
