using Prism.Grains.Interfaces.Keys;
using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Quotas;

namespace Prism.Grains.Keys;

/// <summary>A key's grain as the ledger of its leases.</summary>
internal sealed class KeyLeaseSource(IGrainFactory grains, string id) : ILeaseSource
{
    private readonly IApiKeyGrain _grain = grains.GetGrain<IApiKeyGrain>(id);

    public Task<LeaseAnswer> AskAsync(LeaseAsk ask) => _grain.AskAsync(ask);
}
