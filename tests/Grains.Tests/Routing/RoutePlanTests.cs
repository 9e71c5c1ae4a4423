using Prism.Pipeline.Routing;
using Prism.Tests.Chat;

namespace Prism.Tests.Routing;

/// <summary>In which order the targets of a call are tried.</summary>
public sealed class RoutePlanTests
{
    private const int Calls = 30_000;

    [Fact]
    public void Targets_of_different_orders_are_tried_by_order_whatever_they_weigh() =>
        Assert.Equal("cabd", Repeated("b:2:100 c:0:0 a:1:1 d:7:5").Distinct().Single());

    [Theory]
    // How often each is first, and how often each is second, as parts of all calls.
    [InlineData("a:0:1", "a=1", "")]
    [InlineData("a:0:1 b:0:1", "a=0.5 b=0.5", "a=0.5 b=0.5")]
    [InlineData("a:0:3 b:0:1", "a=0.75 b=0.25", "a=0.25 b=0.75")]
    [InlineData("a:0:70 b:0:20 c:0:10", "a=0.7 b=0.2 c=0.1", "a=0.253 b=0.489 c=0.258")]
    [InlineData("a:5:1 b:5:1 z:9:1", "a=0.5 b=0.5", "a=0.5 b=0.5")]
    [InlineData("z:9:1 a:5:1 b:5:3", "a=0.25 b=0.75", "a=0.75 b=0.25")]
    // Without weight it waits for those that have some.
    [InlineData("a:0:0 b:0:2 c:0:2", "b=0.5 c=0.5", "b=0.5 c=0.5")]
    [InlineData("a:0:0 b:0:0", "a=1", "b=1")]
    [InlineData("b:0:0 a:0:4", "a=1", "b=1")]
    [InlineData("a:0:2147483647 b:0:2147483647", "a=0.5 b=0.5", "a=0.5 b=0.5")]
    public void Targets_of_one_order_share_the_calls_by_weight(string targets, string first, string second)
    {
        var plans = Repeated(targets);

        AssertShares(first, plans.Select(plan => plan[..1]));
        AssertShares(second, plans.Where(plan => plan.Length > 1).Select(plan => plan[1..2]));
    }

    [Fact]
    public void Every_target_is_in_the_plan_once()
    {
        var random = new Random(11);
        for (var i = 0; i < 1_000; i++)
        {
            var names = string.Concat("abcdefgh".Take(random.Next(1, 9)));
            var targets = string.Join(' ', names.Select(name => $"{name}:{random.Next(3)}:{random.Next(4)}"));

            Assert.Equal(names, string.Concat(PlanOf(targets, random).Order()));
        }
    }

    [Fact]
    public void The_same_random_numbers_are_the_same_plan() => Assert.Equal(Repeated("a:0:3 b:0:2 c:0:1"), Repeated("a:0:3 b:0:2 c:0:1"));

    private static List<string> Repeated(string targets)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, Calls).Select(_ => PlanOf(targets, random))];
    }

    // Each as its name, its order and its weight.
    private static string PlanOf(string targets, Random random)
    {
        var plan = RoutePlan.Of(
            [.. targets.Split(' ').Select(text => text.Split(':')).Select(parts => new RouteTarget(
                new(ScriptedProvider.Create(parts[0]), "m"),
                int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture),
                int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture)))],
            random);
        return string.Concat(plan.Fallbacks.Prepend(plan.First).Select(target => target.Provider.Options.Name));
    }

    private static void AssertShares(string expected, IEnumerable<string> names)
    {
        var shares = names.CountBy(name => name).ToDictionary(one => one.Key, one => (double)one.Value / Calls);
        var parts = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split('=')).ToList();

        Assert.Equal(parts.Select(part => part[0]).Order(), shares.Keys.Order());
        Assert.All(parts, part =>
            Assert.Equal(double.Parse(part[1], System.Globalization.CultureInfo.InvariantCulture), shares[part[0]], tolerance: 0.015));
    }
}
