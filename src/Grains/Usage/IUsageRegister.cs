using System.Collections.Immutable;
using Orleans.Concurrency;
using Prism.Grains.Interfaces.Usage;

namespace Prism.Grains.Usage;

/// <summary>An owner's account of a month as silos know it. The same grain as <see cref="IUsageGrain"/>.</summary>
[Alias("prism.IUsageRegister")]
[GrainInterfaceType("prism.IUsageRegister")]
internal interface IUsageRegister : IGrainWithStringKey
{
    /// <summary>Takes a silo's report; it is written when this returns. A report may be repeated until it is taken, and counts once.</summary>
    [AlwaysInterleave, Alias("report")]
    Task ReportAsync(UsageReport report);
}

/// <summary>A silo's usage of an account since its last report.</summary>
[GenerateSerializer, Immutable, Alias("prism.usage-report")]
internal sealed record UsageReport
{
    /// <summary>The silo with its incarnation, as <c>address:port@generation</c>.</summary>
    [Id(0)] public required string Silo { get; init; }

    /// <summary>Higher than in all earlier reports of the silo.</summary>
    [Id(1)] public required long Sequence { get; init; }

    /// <summary>The usage, each line once.</summary>
    [Id(2)] public ImmutableArray<UsageEntry> Entries { get => field.IsDefault ? [] : field; init; }
}
