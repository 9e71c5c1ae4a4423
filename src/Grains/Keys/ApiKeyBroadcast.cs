using Orleans.Runtime.Services;
using Prism.Grains.Cluster;
using Prism.Keys;

namespace Prism.Grains.Keys;

/// <summary>Has every silo drop its copy of an API key that has changed. After this, no silo uses the old one.</summary>
internal sealed class ApiKeyBroadcast(IServiceProvider services, SiloBroadcast silos, ApiKeyStore store)
    : GrainServiceClient<IApiKeyCopiesService>(services)
{
    /// <summary>To be called once the change is written.</summary>
    /// <param name="id">The key's id.</param>
    public async Task ForgetEverywhereAsync(string id)
    {
        // First, for silos that cannot be notified.
        await store.AdvanceEpochAsync();
        await silos.NotifyAllAsync(silo => GetGrainService(silo).ForgetAsync(id), ApiKeyLease.Life);
    }
}
