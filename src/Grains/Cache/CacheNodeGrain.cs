using Prism.Grains.Cluster;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cache;

namespace Prism.Grains.Cache;

/// <summary>Takes news of the epoch on the silo that its key names.</summary>
[SiloBound]
internal sealed class CacheNodeGrain(CacheEpoch epoch, ILocalSiloDetails self) : Grain, ICacheNodeGrain
{
    public Task<bool> TakeEpochAsync(long value)
    {
        if (this.GetPrimaryKeyString() != GrainKeys.CacheNode(self.SiloAddress))
        {
            // The silo was not known where this was placed. The next call may find it.
            DeactivateOnIdle();
            return Task.FromResult(false);
        }

        epoch.Advance(value);
        return Task.FromResult(true);
    }
}
