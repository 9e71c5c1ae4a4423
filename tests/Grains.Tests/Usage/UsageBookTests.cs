using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Usage;
using Prism.Grains.Usage;

namespace Prism.Tests.Usage;

public sealed class UsageBookTests
{
    private static readonly DateOnly Day = new(2026, 1, 31);
    private static readonly UsageLine Line = new(Day, "openai", "gpt-4o");
    private static readonly UsageSums One = UsageSums.Of(ChatUsage.Of(10, 5) with { CostUsd = 0.001m });

    private readonly UsageBuffer _book = new("silo@1");

    [Fact]
    public void Calls_are_kept_as_sums()
    {
        for (var i = 0; i < 10_000; i++)
        {
            _book.Add("a", Line, One);
        }

        var (account, report) = Assert.Single(_book.GetDue());
        Assert.Equal(new("a", new(2026, 1, 1)), account);
        Assert.Equal("silo@1", report.Silo);
        var (line, sums) = Assert.Single(report.Entries);
        Assert.Equal((Line, 10_000, 100_000, 50_000, 10m), (line, sums.Requests, sums.InputTokens, sums.OutputTokens, sums.CostUsd));
    }

    [Fact]
    public void A_report_is_the_same_until_it_is_taken_and_what_came_in_meanwhile_is_the_next_ones()
    {
        _book.Add("a", Line, One);
        var first = Assert.Single(_book.GetDue());
        _book.Add("a", Line, One);
        _book.Add("a", Line, One);

        Assert.Same(first.Report, Assert.Single(_book.GetDue()).Report);
        _book.OnTaken(first.Account, first.Report);
        var second = Assert.Single(_book.GetDue());

        Assert.Equal((1, 2), (first.Report.Entries[0].Sums.Requests, second.Report.Entries[0].Sums.Requests));
        Assert.True(second.Report.Sequence > first.Report.Sequence);
        Assert.False(_book.IsEmpty);
        _book.OnTaken(first.Account, first.Report);
        Assert.Same(second.Report, Assert.Single(_book.GetDue()).Report);
        _book.OnTaken(second.Account, second.Report);
        Assert.True(_book.IsEmpty);
    }

    [Fact]
    public void Owners_and_months_are_told_apart()
    {
        _book.Add("a", Line, One);
        _book.Add("b", Line, One);
        _book.Add("a", Line with { Day = new(2026, 2, 1) }, One);

        Assert.Equal(
            [new("a", new(2026, 1, 1)), new("a", new(2026, 2, 1)), new UsageAccount("b", new(2026, 1, 1))],
            _book.GetDue().Select(due => due.Account).OrderBy(account => (account.Owner, account.Month)));
    }

    [Fact]
    public void A_number_is_never_given_twice_though_an_account_was_done_with()
    {
        _book.Add("a", Line, One);
        var before = Assert.Single(_book.GetDue());
        _book.OnTaken(before.Account, before.Report);

        _book.Add("a", Line, One);

        Assert.True(Assert.Single(_book.GetDue()).Report.Sequence > before.Report.Sequence);
    }

    [Fact]
    public void A_usage_of_unknown_price_is_counted_in_tokens()
    {
        var sums = UsageSums.Of(ChatUsage.Of(10, 5)) + UsageSums.Of(ChatUsage.Of(-1, 5) with { CostUsd = 0.5m });

        Assert.Equal(
            new() { Requests = 2, InputTokens = 10, OutputTokens = 10, CostUsd = 0.5m, UnpricedRequests = 1, UnpricedTokens = 15 }, sums);
    }
}
