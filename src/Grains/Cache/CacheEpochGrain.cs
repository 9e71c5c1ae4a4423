using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cache;

namespace Prism.Grains.Cache;

/// <summary>Holds the epoch. The storage decides: it is read again for every answer, of which there is one for each start of a silo.</summary>
internal sealed class CacheEpochGrain(
    [PersistentState("epoch", StorageNames.Cache)] IPersistentState<CacheEpochState> storage) : Grain, ICacheEpochGrain
{
    public async Task<long> GetAsync()
    {
        await storage.ReadStateAsync();
        return storage.State.Epoch;
    }

    public async Task<long> AdvanceAsync(long known)
    {
        await storage.ReadStateAsync();
        var next = Math.Max(storage.State.Epoch, known) + 1;
        storage.State = new() { Epoch = next };
        await storage.WriteStateAsync();
        return next;
    }
}
