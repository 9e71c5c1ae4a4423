using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Prism.Failover;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Quotas;
using Prism.Providers;

namespace Prism.Grains.Breakers;

/// <summary>Lifts this silo's holds on a provider: in its leases, its circuit, and the provider's keys and addresses.</summary>
[Reentrant]
internal sealed class ProviderHoldsService(
    GrainId id, Silo silo, ILoggerFactory loggers, IProviderSource providers, ProviderLeases leases, CircuitBoard circuits)
    : GrainService(id, silo, loggers), IProviderHoldsService
{
    public Task LiftAsync(string provider, CircuitStatus circuit)
    {
        // A silo of another configuration may not have it.
        if (providers.Current.Find(provider) is { } found)
        {
            found.LiftHolds();
            circuits.Reset(found.Options.Name, circuit);
            leases.Of(found.Options.Name).LiftThrottle();
        }

        return Task.CompletedTask;
    }
}
