using System.Collections.Immutable;
using System.Globalization;
using Prism.Grains.Interfaces.Chains;

namespace Prism.Grains.Chains.Running;

/// <summary>The order in which runs are listed, and a place in it.</summary>
internal static class RunOrder
{
    public static ImmutableArray<RunSummary> NewestFirst(IEnumerable<RunSummary> runs) =>
        [.. runs.OrderByDescending(run => run.CreatedAt).ThenBy(run => run.Id, StringComparer.Ordinal)];
}

/// <summary>The last run of a page.</summary>
/// <param name="Shelf">The number of its partition.</param>
/// <param name="Ticks">When it began, in UTC ticks.</param>
/// <param name="Id">The run; empty for a page that ended between two partitions.</param>
internal readonly record struct RunCursor(long Shelf, long Ticks, string Id)
{
    public static RunCursor Of(long shelf, RunSummary run) => new(shelf, run.CreatedAt.UtcTicks, run.Id);

    /// <summary>Behind all runs of a partition.</summary>
    public static RunCursor AtEndOf(long shelf) => new(shelf, 0, "");

    public static RunCursor? Parse(string text)
    {
        var parts = text.Split('.', 3);
        return parts.Length == 3
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var shelf)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
                ? new(shelf, ticks, parts[2])
                : null;
    }

    /// <summary>Whether a run comes after it.</summary>
    public bool IsBefore(long shelf, RunSummary run) =>
        shelf < Shelf
        || (shelf == Shelf
            && (run.CreatedAt.UtcTicks < Ticks || (run.CreatedAt.UtcTicks == Ticks && string.CompareOrdinal(run.Id, Id) > 0)));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Shelf}.{Ticks}.{Id}");
}
