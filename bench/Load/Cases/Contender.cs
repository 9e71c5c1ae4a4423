using Prism.Bench.Generator;
using Prism.Bench.Processes;

namespace Prism.Bench.Cases;

/// <summary>One of those that are measured side by side.</summary>
/// <param name="Name">What it is called in the table.</param>
/// <param name="Servers">Whose processor time and memory count.</param>
/// <param name="Plan">The load on it; its times are the budget's.</param>
internal sealed record Contender(string Name, IReadOnlyList<ServerProcess> Servers, LoadPlan Plan)
{
    /// <summary>The load before the first round, which is to have all code compiled; that of the rounds where it is null.</summary>
    public LoadPlan? WarmUp { get; init; }
}

/// <summary>What one round showed of a contender.</summary>
/// <param name="Load">What the load generator saw.</param>
/// <param name="CpuSeconds">The processor time that its servers took.</param>
/// <param name="Resident">The memory that they had at the end of the load, in bytes.</param>
internal sealed record Sample(LoadResult Load, double CpuSeconds, long Resident)
{
    public double PerSecond => Load.Completed / Load.Seconds;

    public double CpuOfRequest => CpuSeconds * 1e6 / Math.Max(1, Load.Completed);

    public double EventsPerSecond => Load.Events / Load.Seconds;

    public double CpuOfEvent => CpuSeconds * 1e6 / Math.Max(1, Load.Events);
}

/// <summary>All rounds of a contender.</summary>
/// <param name="Contender">Whose.</param>
/// <param name="Samples">In the order of the rounds.</param>
/// <param name="ResidentBefore">The memory of its servers before the first round, in bytes.</param>
internal sealed record Series(Contender Contender, IReadOnlyList<Sample> Samples, long ResidentBefore)
{
    public string Name => Contender.Name;

    public long Failed => Samples.Sum(sample => sample.Load.Failed);

    /// <summary>Why there is no result to speak of; null where there is one.</summary>
    public string? Missing =>
        Samples.All(sample => sample.Load.Completed == 0 && sample.Load.Events == 0)
            ? $"{Name}: {Samples.Select(sample => sample.Load.Failure).FirstOrDefault(failure => failure is not null) ?? "no answer"}"
            : null;

    public Report.Spread Of(Func<Sample, double> value) => Report.Spread.Of(Samples.Select(value));

    /// <summary>How much more than another's, round by round: both had the same noise.</summary>
    public Report.Spread Against(Series other, Func<Sample, double> value) =>
        Report.Spread.Of(Samples.Zip(other.Samples, (mine, others) => value(mine) / value(others)));

    /// <summary>By how much it is above another's, round by round.</summary>
    public Report.Spread Above(Series other, Func<Sample, double> value) =>
        Report.Spread.Of(Samples.Zip(other.Samples, (mine, others) => value(mine) - value(others)));
}
