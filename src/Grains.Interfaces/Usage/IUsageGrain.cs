using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Prism.Grains.Interfaces.Usage;

/// <summary>The usage and cost of an owner's calls of a month. Its key is <see cref="GrainKeys.Usage"/>.</summary>
[Alias("prism.IUsageGrain")]
[GrainInterfaceType("prism.IUsageGrain")]
public interface IUsageGrain : IGrainWithStringKey
{
    /// <summary>All lines of the month, as far as silos have reported them; in no order.</summary>
    [AlwaysInterleave, Alias("get")]
    Task<ImmutableArray<UsageEntry>> GetAsync();
}
