using Orleans.Runtime.Services;
using Prism.Failover;
using Prism.Grains.Cluster;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Interfaces.Providers;
using Prism.Providers;

namespace Prism.Grains.Breakers;

/// <summary>Lifts the holds on a provider: in its ledger first, which would send them to the silos again, and then on each silo.</summary>
internal sealed class ProviderHolds(IServiceProvider services, IProviderSource providers, IGrainFactory grains, SiloBroadcast silos)
    : GrainServiceClient<IProviderHoldsService>(services), IProviderHolds
{
    // The longest wait for a silo that cannot be reached, unless it is known to be dead before.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<bool> LiftAsync(string provider)
    {
        if (providers.Current.Find(provider) is not { } found)
        {
            return false;
        }

        var name = found.Options.Name;
        var circuit = await grains.GetGrain<IProviderGrain>(GrainKeys.Provider(name)).LiftHoldsAsync();
        await silos.NotifyAllAsync(silo => GetGrainService(silo).LiftAsync(name, circuit), Patience);
        return true;
    }
}
