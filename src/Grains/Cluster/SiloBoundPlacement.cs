using Orleans.Placement;
using Orleans.Runtime.Placement;
using Prism.Grains.Interfaces;

namespace Prism.Grains.Cluster;

/// <summary>Puts a grain on the silo that its key names (<see cref="GrainKeys.SiloOf"/>), or anywhere once that one is gone.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SiloBoundAttribute() : PlacementAttribute(new SiloBoundPlacement());

/// <summary>See <see cref="SiloBoundAttribute"/>.</summary>
[GenerateSerializer, Immutable, Alias("prism.silo-bound-placement")]
internal sealed class SiloBoundPlacement : PlacementStrategy;

/// <summary>See <see cref="SiloBoundAttribute"/>.</summary>
internal sealed class SiloBoundDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var meant = GrainKeys.SiloOf(target.GrainIdentity.Key.ToString()!);
        var silos = context.GetCompatibleSilos(target);
        return Task.FromResult(silos.Contains(meant) ? meant : silos.Contains(context.LocalSilo) ? context.LocalSilo : silos[0]);
    }
}
