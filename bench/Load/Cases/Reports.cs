using Prism.Bench.Report;

namespace Prism.Bench.Cases;

/// <summary>What series come to.</summary>
internal static class Reports
{
    public static CaseReport Of(Table table, IReadOnlyList<Series> all, params Verdict[] verdicts)
    {
        var failures = all.Where(one => one.Failed > 0).Select(one =>
            $"{one.Name} failed, first: {one.Samples.Select(sample => sample.Load.Failure).First(failure => failure is not null)}");
        return new(table, verdicts, string.Join('\n', failures), [.. all.Select(one => one.Missing).OfType<string>()]);
    }

    /// <summary>A case that cannot be measured on this machine.</summary>
    public static CaseReport WithoutRedis { get; } = new(null, [], "Not measured: there is no redis-server on the path.");
}
