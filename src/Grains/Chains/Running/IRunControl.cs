using Prism.Grains.Interfaces.Chains;

namespace Prism.Grains.Chains.Running;

/// <summary>A run as its index knows it. The same grain as <see cref="IChainGrain"/>.</summary>
[Alias("prism.IRunRecord")]
[GrainInterfaceType("prism.IRunRecord")]
internal interface IRunControl : IGrainWithStringKey
{
    /// <summary>Deletes the run.</summary>
    /// <returns>False where it has not ended yet: it stays.</returns>
    [Alias("delete")]
    Task<bool> DeleteAsync();

    /// <summary>Checks a run that its index counts as active. If it has ended, or never began, its partition is notified.</summary>
    [Alias("check")]
    Task CheckAsync(string shelf);
}
