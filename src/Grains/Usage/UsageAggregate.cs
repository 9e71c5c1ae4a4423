using System.Collections.Immutable;
using Prism.Grains.Interfaces.Usage;

namespace Prism.Grains.Usage;

/// <summary>
/// Adds reports to an account: pure functions from state to state. The sums and the sequence numbers are written together: a report
/// counts exactly if its number is known.
/// </summary>
internal static class UsageAggregate
{
    /// <summary>The most models of all providers with their own lines in a month; the others are summed up.</summary>
    public const int MostModels = 100;

    // A silo repeats an unanswered report every few seconds, until it dies. No report can be on its way for this long.
    private static readonly TimeSpan MarkLife = TimeSpan.FromDays(1);

    /// <summary>Takes a report.</summary>
    /// <param name="usage">The account.</param>
    /// <param name="report">The report.</param>
    /// <param name="now">The time.</param>
    /// <param name="isDead">Whether a silo without reports for so long is dead.</param>
    /// <returns>The account with it; unchanged if the report has been counted before.</returns>
    public static UsageState Apply(UsageState usage, UsageReport report, DateTimeOffset now, Func<string, TimeSpan, bool> isDead)
    {
        if (usage.Marks.Any(mark => mark.Silo == report.Silo && mark.Sequence >= report.Sequence))
        {
            return usage;
        }

        var marks = usage.Marks.RemoveAll(mark =>
            mark.Silo == report.Silo || (now - mark.At > MarkLife && isDead(mark.Silo, now - mark.At)));
        return new() { Entries = Add(usage.Entries, report.Entries), Marks = marks.Add(new(report.Silo, report.Sequence, now)) };
    }

    private static ImmutableArray<UsageEntry> Add(ImmutableArray<UsageEntry> entries, ImmutableArray<UsageEntry> more)
    {
        var models = entries.Select(entry => (entry.Line.Provider, entry.Line.Model)).ToHashSet();
        var sums = entries.ToDictionary(entry => entry.Line, entry => entry.Sums);
        foreach (var (line, added) in more)
        {
            var model = (line.Provider, line.Model);
            var own = models.Contains(model) || (models.Count < MostModels && models.Add(model)) ? line : line with { Model = ModelLabels.Other };
            sums[own] = sums.GetValueOrDefault(own) + added;
        }

        return [.. sums.Select(sum => new UsageEntry(sum.Key, sum.Value))];
    }
}
