using Prism.Grains.Interfaces;

namespace Prism.Grains.SharedCalls;

/// <summary>Handles a silo that may just have left, until all other silos know.</summary>
internal static class LostSilo
{
    /// <summary>As long as it may take until a silo's death is known everywhere.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Before it is tried again to reach a grain that was there.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether the silo that leads a shared call is known to be dead.</summary>
    public static bool HasLost(this IClusterMembershipService membership, string shared) =>
        membership.CurrentSnapshot.GetSiloStatus(GrainKeys.SiloOf(shared)) == SiloStatus.Dead;
}
