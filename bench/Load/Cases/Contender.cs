using Prism.Bench.Generator;
using Prism.Bench.Processes;

namespace Prism.Bench.Cases;

/// <summary>A server, or several, that a case measures beside others.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="Servers">The processes whose processor time and memory count.</param>
/// <param name="Plan">The load. <see cref="Budget"/> sets its duration.</param>
internal sealed record Contender(string Name, IReadOnlyList<ServerProcess> Servers, LoadPlan Plan)
{
    /// <summary>The loads before the first round, one after the other. They let the runtime compile the code. If empty: the load of the rounds.</summary>
    public IReadOnlyList<LoadPlan> WarmUps { get; init; } = [];
}

/// <summary>The result of one round of a contender.</summary>
/// <param name="Load">The result of the load generator.</param>
/// <param name="CpuSeconds">The processor time of its servers.</param>
/// <param name="Resident">Their resident memory at the end of the load, in bytes.</param>
internal sealed record Sample(LoadResult Load, double CpuSeconds, long Resident)
{
    public double PerSecond => Load.Completed / Load.Seconds;

    public double CpuOfRequest => CpuSeconds * 1e6 / Math.Max(1, Load.Completed);

    public double EventsPerSecond => Load.Events / Load.Seconds;

    public double CpuOfEvent => CpuSeconds * 1e6 / Math.Max(1, Load.Events);
}

/// <summary>All rounds of a contender.</summary>
/// <param name="Contender">The contender.</param>
/// <param name="Samples">In the order of the rounds.</param>
/// <param name="ResidentBefore">The resident memory of its servers before the first round, at the end of the last warm-up and under its load, in bytes.</param>
internal sealed record Series(Contender Contender, IReadOnlyList<Sample> Samples, long ResidentBefore)
{
    public string Name => Contender.Name;

    public long Failed => Samples.Sum(sample => sample.Load.Failed);

    /// <summary>Why there is no result; null if there is one.</summary>
    public string? Missing =>
        Samples.All(sample => sample.Load.Completed == 0 && sample.Load.Events == 0)
            ? $"{Name}: {Samples.Select(sample => sample.Load.Failure).FirstOrDefault(failure => failure is not null) ?? "no answer"}"
            : null;

    public Report.Spread Of(Func<Sample, double> value) => Report.Spread.Of(Samples.Select(value));

    /// <summary>The ratio to another series, round by round: in a round, both had the same noise.</summary>
    public Report.Spread Against(Series other, Func<Sample, double> value) =>
        Report.Spread.Of(Samples.Zip(other.Samples, (mine, others) => value(mine) / value(others)));

    /// <summary>The difference to another series, round by round.</summary>
    public Report.Spread Above(Series other, Func<Sample, double> value) =>
        Report.Spread.Of(Samples.Zip(other.Samples, (mine, others) => value(mine) - value(others)));
}
