using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Usage;
using Prism.Grains.Storage;
using Prism.Grains.Usage;

namespace Prism.Tests.Usage;

public sealed class UsageAggregateTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly UsageSums One = UsageSums.Of(ChatUsage.Of(10, 5) with { CostUsd = 0.001m });

    [Fact]
    public void A_report_counts_once()
    {
        var usage = Apply(new(), Report("a", 1, "m"));

        Assert.Same(usage, Apply(usage, Report("a", 1, "m")));
        usage = Apply(Apply(usage, Report("a", 3, "m")), Report("b", 1, "m"));
        Assert.Same(usage, Apply(usage, Report("a", 2, "m")));
        Assert.Equal(3, Assert.Single(usage.Entries).Sums.Requests);
    }

    [Fact]
    public void Models_beyond_a_bound_are_summed_up()
    {
        var usage = new UsageState();
        for (var i = 0; i < UsageAggregate.MostModels + 50; i++)
        {
            usage = Apply(usage, Report("a", i + 1, $"model-{i}"));
        }

        usage = Apply(usage, Report("a", 1000, "model-7"));

        Assert.Equal(UsageAggregate.MostModels + 1, usage.Entries.Length);
        Assert.Equal(50, usage.Entries.Single(entry => entry.Line.Model == ModelLabels.Other).Sums.Requests);
        Assert.Equal(2, usage.Entries.Single(entry => entry.Line.Model == "model-7").Sums.Requests);
    }

    [Fact]
    public void A_silo_is_remembered_until_it_has_been_dead_for_a_day()
    {
        var usage = Apply(Apply(new(), Report("dead", 1, "m")), Report("silent", 1, "m"));

        var soon = UsageAggregate.Apply(usage, Report("b", 1, "m"), Now.AddHours(23), IsDead);
        var late = UsageAggregate.Apply(usage, Report("b", 1, "m"), Now.AddHours(25), IsDead);

        Assert.Equal(["dead", "silent", "b"], soon.Marks.Select(mark => mark.Silo));
        Assert.Equal(["silent", "b"], late.Marks.Select(mark => mark.Silo));

        static bool IsDead(string silo, TimeSpan silentFor) => silo == "dead";
    }

    [Fact]
    public void An_account_comes_back_from_its_storage_as_it_was()
    {
        var serializer = new GrainStateSerializer();
        var usage = Apply(new(), Report("a", 7, "gpt-4o"));

        var read = serializer.Deserialize<UsageState>(serializer.Serialize(usage))!;

        Assert.Equal(usage.Entries.AsEnumerable(), read.Entries);
        Assert.Equal(usage.Marks.AsEnumerable(), read.Marks);
    }

    private static UsageState Apply(UsageState usage, UsageReport report) => UsageAggregate.Apply(usage, report, Now, (_, _) => false);

    private static UsageReport Report(string silo, long sequence, string model) =>
        new() { Silo = silo, Sequence = sequence, Entries = [new(new(new(2026, 1, 31), "p", model), One)] };
}
