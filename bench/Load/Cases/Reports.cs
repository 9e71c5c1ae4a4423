using Prism.Bench.Report;

namespace Prism.Bench.Cases;

/// <summary>Makes the report of a case from its series.</summary>
internal static class Reports
{
    public static CaseReport Of(Table table, IReadOnlyList<Series> all, params IReadOnlyList<Verdict> verdicts) => Of([table], all, verdicts);

    public static CaseReport Of(IReadOnlyList<Table> tables, IReadOnlyList<Series> all, params IReadOnlyList<Verdict> verdicts)
    {
        var failures = all.Where(one => one.Failed > 0).Select(one =>
            $"{one.Name} failed, first: {one.Samples.Select(sample => sample.Load.Failure).First(failure => failure is not null)}");
        return new(tables, verdicts, string.Join('\n', failures), [.. all.Select(one => one.Missing).OfType<string>()]);
    }

    /// <summary>A case that cannot be measured on this machine.</summary>
    public static CaseReport WithoutRedis { get; } = new([], [], "Not measured: there is no redis-server on the path.");
}
