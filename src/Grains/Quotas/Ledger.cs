using System.Collections.Immutable;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Grains.Quotas;

/// <summary>
/// The rules of granting and returning capacity, as pure functions of the ledger's state. They hold under every loss, delay, repetition or death: a
/// grant counts until its silo returns it, or it can no longer be spent.
/// </summary>
internal static class Ledger
{
    /// <summary>The most by which clocks of two machines may differ, in ms, for the limits to hold when the ledger moves between them.</summary>
    public const long ClockMargin = 5_000;

    // A waiting silo asks at least once a second. It may be late by as much again before others get the capacity kept for it.
    private const long ClaimGrace = 2_000;

    // A silo that leaves repeats this until it is answered, and messages may be late, but not by this much.
    private const long EchoTime = 120_000;

    /// <summary>A stored ledger, taken over by a new activation at a time on its machine's clock.</summary>
    public static LedgerState Resume(LedgerState stored, long wallClock, string writer)
    {
        var gone = Math.Max(0, wallClock - stored.Now);
        var doubtful = Math.Min(gone, ClockMargin);
        return stored with
        {
            Now = stored.Now + gone,
            Writer = writer,
            Requests = RateLog.Extend(stored.Requests, doubtful),
            Tokens = RateLog.Extend(stored.Tokens, doubtful),
        };
    }

    /// <summary>The ledger without expired capacity and dead silos.</summary>
    public static LedgerState Advance(LedgerState state, LedgerMoment moment)
    {
        var now = Math.Max(state.Now, moment.Now);
        state = BudgetRules.Roll(state, LimitKind.TokensPerDay, now);
        state = BudgetRules.Roll(state, LimitKind.TokensPerMonth, now);
        state = BudgetRules.Roll(state, LimitKind.MicroUsdPerMonth, now);
        foreach (var silo in state.Silos)
        {
            state = moment.Dead.Contains(silo.Silo) || (silo.HasLeft && silo.HeardAt + EchoTime < now) ? Bury(state, silo) : state;
        }

        return state with { Now = now, Requests = RateLog.Prune(state.Requests, now), Tokens = RateLog.Prune(state.Tokens, now) };
    }

    /// <summary>Takes a silo's report and answers its wants.</summary>
    public static LedgerTurn Apply(LedgerState state, LeaseAsk ask, LimitSet limits, LedgerMoment moment)
    {
        state = Advance(state, moment);
        var silo = state.Silos.FirstOrDefault(known => known.Silo == ask.Silo) ?? new() { Silo = ask.Silo };
        if (ask.Sequence == silo.Sequence && silo.Answer is { } given)
        {
            return new(state, given, MustWrite: false);
        }

        if (ask.Sequence <= silo.Sequence || moment.Dead.Contains(ask.Silo))
        {
            // A late copy of an answered ask, or an ask of a dead silo. No caller waits for the answer.
            return new(state, Refusal(ask), MustWrite: false);
        }

        (state, silo) = Settle(state, silo, ask.Reports);
        (state, silo) = ask.Leaving ? Leave(state, silo) : (state, silo);
        silo = silo with { Sequence = ask.Sequence, HeardAt = state.Now };
        state = Put(state, silo);
        var decision = LeaseGranting.Decide(state, silo, ask, limits, moment.LiveSilos);
        (state, silo) = Hand(state, silo, ask, decision);
        state = Put(state, silo);
        var mustWrite = ask.Leaving || !ask.Reports.IsEmpty || silo.Answer!.Grants.Any(grant => grant.Amount > 0);
        return new(state, silo.Answer!, mustWrite);
    }

    /// <summary>The provider throttles this service.</summary>
    public static LedgerState Throttle(LedgerState state, LedgerMoment moment, TimeSpan duration)
    {
        state = Advance(state, moment);
        return state with { HeldBackUntil = Math.Max(state.HeldBackUntil, state.Now + (long)Math.Ceiling(duration.TotalMilliseconds)) };
    }

    /// <summary>The provider may be called again, before the time that it has named.</summary>
    public static LedgerState LiftThrottle(LedgerState state, LedgerMoment moment) => Advance(state, moment) with { HeldBackUntil = 0 };

    /// <summary>The answer to an ask that is not applied.</summary>
    public static LeaseAnswer Refusal(LeaseAsk ask) =>
        new() { Sequence = ask.Sequence, DeniedBy = LimitKind.Ledger, RetryAfter = TimeSpan.FromSeconds(1) };

    private static (LedgerState State, SiloLease Silo) Settle(LedgerState state, SiloLease silo, ImmutableArray<LeaseReport> reports)
    {
        foreach (var report in reports)
        {
            switch (report.Kind)
            {
                case LimitKind.RequestsPerMinute:
                    state = state with { Requests = Settle(state.Requests, report, state.Now) };
                    break;
                case LimitKind.TokensPerMinute:
                    state = state with { Tokens = Settle(state.Tokens, report, state.Now) };
                    break;
                case LimitKind.Concurrency:
                    silo = silo with { Permits = Math.Max(0, silo.Permits - report.Returned) };
                    break;
                case LimitKind.TokensPerDay or LimitKind.TokensPerMonth or LimitKind.MicroUsdPerMonth:
                    (state, silo) = BudgetRules.Settle(state, silo, report);
                    break;
            }
        }

        return (state, silo);
    }

    private static ImmutableArray<RateSlot> Settle(ImmutableArray<RateSlot> slots, LeaseReport report, long now) => report.Returned < 0
        ? RateLog.Overspend(slots, report.Block, -report.Returned, now)
        : RateLog.Return(slots, report.Block, report.Returned);

    private static (LedgerState State, SiloLease Silo) Hand(LedgerState state, SiloLease silo, LeaseAsk ask, GrantDecision decision)
    {
        var grants = ImmutableArray.CreateBuilder<LeaseGrant>(decision.Grants.Length);
        foreach (var decided in decision.Grants)
        {
            var grant = decided;
            switch (grant.Kind)
            {
                case LimitKind.RequestsPerMinute when grant.Amount > 0:
                    (var requests, var block) = RateLog.Add(state.Requests, state.Now, grant.Amount, LongLived(grant));
                    (state, grant) = (state with { Requests = requests }, grant with { Block = block });
                    break;
                case LimitKind.TokensPerMinute when grant.Amount > 0:
                    (var tokens, block) = RateLog.Add(state.Tokens, state.Now, grant.Amount, LongLived(grant));
                    (state, grant) = (state with { Tokens = tokens }, grant with { Block = block });
                    break;
                case LimitKind.Concurrency:
                    silo = silo with { Permits = silo.Permits + grant.Amount };
                    break;
                case LimitKind.TokensPerDay or LimitKind.TokensPerMonth or LimitKind.MicroUsdPerMonth:
                    (silo, grant) = BudgetRules.Hand(state, silo, grant);
                    break;
            }

            grants.Add(grant);
        }

        silo = silo with
        {
            Answer = decision.Answer with { Grants = grants.DrainToImmutable() },
            Claim = KeepPlace(state, silo, ask, decision.Answer),
        };
        return (state, silo);
    }

    private static LedgerState Put(LedgerState state, SiloLease silo) =>
        state with { Silos = [.. state.Silos.Where(other => other.Silo != silo.Silo), silo] };

    private static bool LongLived(LeaseGrant grant) => grant.Life.TotalMilliseconds > RateLog.ShortLife;

    private static LeaseClaim? KeepPlace(LedgerState state, SiloLease silo, LeaseAsk ask, LeaseAnswer answer)
    {
        if (answer.DeniedBy is not { } denied || answer.RetryAfter is null || denied is LimitKind.Upstream)
        {
            // A refill without waiting requests does not lose the place of waiting ones. A grant ends it.
            return ask.Wants.Any(want => want.Needed > 0) ? null : silo.Claim;
        }

        // A permit is kept also for a silo that does not wait: otherwise a busy silo, which always has a request for a free permit, would never leave one
        // to others. Tokens are not kept: they may be many, and the silo may not come for them.
        var wants = ask.Waiting ? ask.Wants : ask.Wants.RemoveAll(want => want.Kind != LimitKind.Concurrency || denied != LimitKind.Concurrency);
        return wants.IsEmpty
            ? null
            : new()
            {
                Since = silo.Claim is { } place && place.Until > state.Now ? place.Since : state.Now,
                Until = state.Now + ClaimGrace,
                Wants = wants,
            };
    }

    // A dead silo may have spent its grants without a report. Budgets count them as used. Its rates expire by themselves, and its requests have
    // ended.
    private static LedgerState Bury(LedgerState state, SiloLease silo)
    {
        (state, _) = Leave(state, silo);
        return state with { Silos = state.Silos.Remove(silo) };
    }

    private static (LedgerState State, SiloLease Silo) Leave(LedgerState state, SiloLease silo) => (
        state with
        {
            Day = state.Day with { Used = state.Day.Used + silo.DayOutstanding },
            Month = state.Month with { Used = state.Month.Used + silo.MonthOutstanding },
            Spend = state.Spend with { Used = state.Spend.Used + silo.SpendOutstanding },
        },
        silo with { Permits = 0, DayOutstanding = 0, MonthOutstanding = 0, SpendOutstanding = 0, Claim = null, HasLeft = true });
}
