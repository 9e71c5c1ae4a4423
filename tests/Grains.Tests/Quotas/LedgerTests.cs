using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Quotas;

namespace Prism.Tests.Quotas;

/// <summary>The rules by themselves.</summary>
public sealed class LedgerTests
{
    private static readonly LimitSet Hundred = new() { RequestsPerMinute = 100 };

    [Fact]
    public void Whatever_is_asked_returned_and_repeated_no_window_has_more_than_its_limit()
    {
        for (var seed = 0; seed < 3_000; seed++)
        {
            RunSchedule(new(seed));
        }
    }

    [Fact]
    public void A_repeated_ask_gets_the_same_answer_and_counts_once()
    {
        var ask = Ask("a", 1, 10);
        var first = Apply(new(), ask, at: 0);
        var again = Apply(first.Next, ask, at: 5_000);

        Assert.Equal(first.Answer, again.Answer);
        Assert.Equal(Free(first.Next), Free(again.Next));
        Assert.False(again.MustWrite);
    }

    [Fact]
    public void An_echo_of_an_old_ask_is_granted_nothing()
    {
        var first = Apply(new(), Ask("a", 1, 10), at: 0);
        var second = Apply(first.Next, Ask("a", 2, 10), at: 10);
        var echo = Apply(second.Next, Ask("a", 1, 10), at: 20);

        Assert.Equal(LimitKind.Ledger, echo.Answer.DeniedBy);
        Assert.Equal(Free(second.Next), Free(echo.Next));
    }

    [Fact]
    public void A_silo_that_the_membership_declared_dead_is_granted_nothing()
    {
        var turn = Ledger.Apply(new(), Ask("a", 1, 10), Hundred, new(0, 3, ["a"]));

        Assert.Equal(LimitKind.Ledger, turn.Answer.DeniedBy);
        Assert.Equal(100, Free(turn.Next));
    }

    [Fact]
    public void All_that_is_needed_is_granted_or_nothing_is()
    {
        var limits = new LimitSet { RequestsPerMinute = 100, TokensPerMinute = 50 };
        var ask = new LeaseAsk { Silo = "a", Sequence = 1, Wants = [new(LimitKind.RequestsPerMinute, 1, 1, 0), new(LimitKind.TokensPerMinute, 51, 51, 0)] };
        var turn = Ledger.Apply(new(), ask, limits, new(0, 1, []));

        Assert.Equal(LimitKind.TokensPerMinute, turn.Answer.DeniedBy);
        Assert.Null(turn.Answer.RetryAfter);
        Assert.All(turn.Answer.Grants, grant => Assert.Equal(0, grant.Amount));
        Assert.False(turn.MustWrite);
    }

    [Fact]
    public void What_a_silo_waits_for_is_kept_for_it_while_others_ask()
    {
        var full = Apply(new(), Ask("busy", 1, 70), at: 0).Next;
        full = Apply(full, Ask("other", 1, 20), at: 30_000).Next;
        var waiting = Apply(full, Ask("waiting", 1, 50) with { Waiting = true }, at: 79_500);
        Assert.Equal(LimitKind.RequestsPerMinute, waiting.Answer.DeniedBy);

        // The first block has run out: 80 are free, of which 50 are spoken for.
        Assert.Null(Apply(waiting.Next, Ask("busy", 2, 30), at: 80_100).Answer.DeniedBy);
        Assert.Equal(LimitKind.RequestsPerMinute, Apply(waiting.Next, Ask("busy", 2, 31), at: 80_100).Answer.DeniedBy);
        Assert.Null(Apply(waiting.Next, Ask("waiting", 2, 50), at: 80_100).Answer.DeniedBy);

        // Who does not come again loses its place.
        Assert.Null(Apply(waiting.Next, Ask("busy", 2, 80), at: 82_000).Answer.DeniedBy);
    }

    [Fact]
    public void A_ledger_that_is_taken_over_does_not_trust_the_other_machines_clock()
    {
        var full = Apply(new(), Ask("a", 1, 100), at: 1_000_000).Next;
        var moved = Ledger.Resume(full, wallClock: full.Now + 61_000, "b");

        Assert.Equal(0, Free(Ledger.Advance(moved, new(moved.Now, 1, []))));
        Assert.Equal(100, Free(Ledger.Advance(moved, new(moved.Now + 25_000, 1, []))));
    }

    [Fact]
    public void A_ledger_whose_new_machine_is_behind_goes_on_from_where_it_stood()
    {
        var full = Apply(new(), Ask("a", 1, 100), at: 1_000_000).Next;

        Assert.Equal(full.Now, Ledger.Resume(full, wallClock: 0, "b").Now);
    }

    [Fact]
    public void A_budget_period_never_comes_back()
    {
        var limits = new LimitSet { TokensPerDay = 100 };
        var ask = new LeaseAsk { Silo = "a", Sequence = 1, Wants = [new(LimitKind.TokensPerDay, 60, 60, 0)] };
        var today = Ledger.Apply(new(), ask, limits, new(200 * 86_400_000L, 1, [])).Next;
        var back = Ledger.Apply(today, ask with { Sequence = 2 }, limits, new(199 * 86_400_000L, 1, []));

        Assert.Equal(LimitKind.TokensPerDay, back.Answer.DeniedBy);
        Assert.Equal(200, back.Next.Day.Number);
    }

    [Fact]
    public void Money_is_a_budget_of_its_month_beside_the_tokens()
    {
        var limits = new LimitSet { MicroUsdPerMonth = 1_000, TokensPerMonth = 50 };
        var ask = new LeaseAsk
        {
            Silo = "a",
            Sequence = 1,
            Wants = [new(LimitKind.MicroUsdPerMonth, 600, 600, 0), new(LimitKind.TokensPerMonth, 30, 30, 0)],
        };
        var (granted, answer, _) = Ledger.Apply(new(), ask, limits, new(0, 1, []));
        var block = answer.Grants.Single(grant => grant.Kind == LimitKind.MicroUsdPerMonth).Block;
        var spent = new LeaseAsk { Silo = "a", Sequence = 2, Reports = [new(LimitKind.MicroUsdPerMonth, block, 200, 400)] };
        var settled = Ledger.Apply(granted, spent, limits, new(1_000, 1, [])).Next;
        var dead = Ledger.Advance(granted, new(1_000, 1, ["a"]));

        Assert.Equal((400, 20), (new LimitSnapshot(granted, LimitKind.MicroUsdPerMonth, 1_000).Free, new LimitSnapshot(granted, LimitKind.TokensPerMonth, 50).Free));
        Assert.Equal((600, 400), (new LimitSnapshot(settled, LimitKind.MicroUsdPerMonth, 1_000).Free, settled.Spend.Used));
        Assert.Equal(600, dead.Spend.Used);
        Assert.Equal(0, Ledger.Advance(settled, new(40L * 86_400_000, 1, [])).Spend.Used);
    }

    [Fact]
    public void Who_has_left_is_forgotten_when_its_echoes_have_died_away()
    {
        var asked = Apply(new(), Ask("a#1", 1, 10), at: 0).Next;
        var leaving = new LeaseAsk { Silo = "a#1", Sequence = 2, Leaving = true, Reports = [new(LimitKind.RequestsPerMinute, asked.Requests[0].Block, 10, 0)] };
        var left = Apply(asked, leaving, at: 100).Next;
        var echo = Apply(left, leaving, at: 60_000);

        Assert.Equal(100, Free(echo.Next));
        Assert.Single(Ledger.Advance(left, new(100_000, 1, [])).Silos);
        Assert.Empty(Ledger.Advance(left, new(130_000, 1, [])).Silos);
        Assert.Single(Ledger.Advance(asked, new(1_000_000, 1, [])).Silos);
    }

    [Theory]
    [InlineData("2026-12-31T23:59:59Z", "2027-01-01", "2027-01-01")]
    [InlineData("2028-02-28T00:00:00Z", "2028-02-29", "2028-03-01")]
    public void Periods_end_with_the_utc_calendar(string now, string day, string month)
    {
        var at = DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

        Assert.Equal(day, End(LimitKind.TokensPerDay));
        Assert.Equal(month, End(LimitKind.TokensPerMonth));
        Assert.Equal(BudgetCalendar.PeriodAt(LimitKind.TokensPerMonth, at) + 1,
            BudgetCalendar.PeriodAt(LimitKind.TokensPerMonth, BudgetCalendar.EndAfter(LimitKind.TokensPerMonth, at)));

        string End(LimitKind kind) =>
            DateTimeOffset.FromUnixTimeMilliseconds(BudgetCalendar.EndAfter(kind, at)).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void The_state_survives_json_and_stays_small_however_often_it_is_asked()
    {
        var state = new LedgerState();
        for (var i = 0; i < 5_000; i++)
        {
            var silo = "10.0.0." + (i % 5);
            state = Ledger.Apply(state, Ask(silo, (i / 5) + 1, 1), new() { RequestsPerMinute = 1_000_000 }, new(i * 37L, 5, [])).Next;
        }

        Assert.InRange(state.Requests.Length, 100, 170);
        var json = JsonSerializer.Serialize(state);
        Assert.InRange(json.Length, 1, 20_000);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<LedgerState>(json)));
    }

    // Spenders who do all that they may: they spend a block at its very end, return the rest, lose answers, repeat and echo asks, die.
    private static void RunSchedule(Random chance)
    {
        var limit = chance.Next(1, 200);
        var (state, now, live) = (new LedgerState(), 0L, chance.Next(1, 5));
        var (spent, asks) = (new List<(long At, long Amount)>(), new Dictionary<string, (LeaseAsk Ask, long AskedAt)>());
        var dead = ImmutableHashSet<string>.Empty;
        for (var step = 0; step < 60; step++)
        {
            now += chance.Next(4) switch { 0 => 0, 1 => chance.Next(100), 2 => chance.Next(5_000), _ => chance.Next(70_000) };
            var silo = "s" + chance.Next(live);
            var repeated = asks.TryGetValue(silo, out var last) && chance.Next(5) == 0;
            var (ask, askedAt) = repeated
                ? last
                : (Ask(silo, (last.Ask?.Sequence ?? 0) + 1, chance.Next(0, limit + 1), chance.Next(100)) with { Waiting = chance.Next(2) == 0 }, now - chance.Next(1_000));
            asks[silo] = (ask, askedAt);
            dead = chance.Next(20) == 0 ? dead.Add("s" + chance.Next(live)) : dead;
            state = chance.Next(30) == 0 ? Ledger.Resume(state, now + chance.Next(-2_500, 2_500), "w") : state;
            var turn = Ledger.Apply(state, ask, new() { RequestsPerMinute = limit }, new(now, live, dead));
            state = turn.Next;
            if (!repeated && !turn.Answer.Grants.IsEmpty && chance.Next(4) > 0)
            {
                Spend(turn.Answer.Grants[0], ask, askedAt);
            }
        }

        foreach (var (at, _) in spent)
        {
            Assert.InRange(spent.Where(other => other.At > at - 60_000 && other.At <= at).Sum(other => other.Amount), 0, limit);
        }

        void Spend(LeaseGrant grant, LeaseAsk ask, long askedAt)
        {
            var amount = grant.Amount == 0 ? 0 : chance.NextInt64(grant.Amount + 1);
            var end = askedAt + (long)grant.Life.TotalMilliseconds;
            if (amount > 0 && end > now)
            {
                spent.Add((chance.Next(2) == 0 ? now : end - 1, amount));
            }

            // Reported a moment later, as the next ask.
            var report = new LeaseAsk
            {
                Silo = ask.Silo,
                Sequence = ask.Sequence + 1,
                Reports = [new(LimitKind.RequestsPerMinute, grant.Block, grant.Amount - (end > now ? amount : 0), 0)],
            };
            asks[ask.Silo] = (report, now);
            if (grant.Amount > 0)
            {
                state = Ledger.Apply(state, report, new() { RequestsPerMinute = limit }, new(now, live, dead)).Next;
            }
        }
    }

    private static LeaseAsk Ask(string silo, long sequence, long needed, double perSecond = 0) =>
        new() { Silo = silo, Sequence = sequence, Wants = [new(LimitKind.RequestsPerMinute, needed, needed, perSecond)] };

    private static LedgerTurn Apply(LedgerState state, LeaseAsk ask, long at) => Ledger.Apply(state, ask, Hundred, new(at, 1, []));

    private static long Free(LedgerState state) => new LimitSnapshot(state, LimitKind.RequestsPerMinute, 100).Free;
}
