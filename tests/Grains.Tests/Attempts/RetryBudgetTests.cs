using Prism.Pipeline.Attempts;

namespace Prism.Tests.Attempts;

/// <summary>Retries must not multiply an outage.</summary>
public sealed class RetryBudgetTests
{
    private readonly RetryBudget _budget = new();

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 3)]
    [InlineData(19, 3)]
    [InlineData(20, 4)]
    [InlineData(1_000, 200)]
    public void A_fifth_of_the_active_requests_may_be_retries_and_three_in_any_case(int active, int retries)
    {
        Begin(active);

        Assert.Equal(retries, Enumerable.Range(0, 2_000).Count(_ => _budget.TryReserve()));
    }

    [Fact]
    public void A_place_that_is_returned_can_be_taken_again()
    {
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => _budget.TryReserve()));
        _budget.Return();

        Assert.Equal([true, false], Enumerable.Range(0, 2).Select(_ => _budget.TryReserve()));
    }

    [Fact]
    public void Requests_that_have_ended_do_not_count()
    {
        Begin(100);
        for (var i = 0; i < 100; i++)
        {
            _budget.OnRequestEnded();
        }

        Assert.Equal(3, Enumerable.Range(0, 100).Count(_ => _budget.TryReserve()));
    }

    private void Begin(int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            _budget.OnRequestBegun();
        }
    }
}
