using System.Collections.Immutable;
using Orleans.Placement;
using Prism.Grains.Background;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Usage;
using Prism.Grains.Quotas;

namespace Prism.Grains.Usage;

/// <summary>The usage and cost of an owner's calls of a month.</summary>
[HashBasedPlacement]
internal sealed class UsageGrain : Grain, IUsageGrain, IUsageRegister
{
    private readonly SharedWrites<UsageState> _usage;
    private readonly ILedgerCluster _cluster;
    private readonly TimeProvider _time;

    public UsageGrain(
        [PersistentState(StorageNames.UsageState, StorageNames.Ledgers)] IPersistentState<UsageState> storage,
        ILedgerCluster cluster,
        TimeProvider time)
    {
        _usage = new(storage, DeactivateOnIdle);
        _cluster = cluster;
        _time = time;
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _usage.Load();
        return Task.CompletedTask;
    }

    public async Task ReportAsync(UsageReport report)
    {
        if (_usage.Current.Marks.IsEmpty)
        {
            // First: an account in no list would never be found.
            var (owner, month) = GrainKeys.ReadUsage(this.GetPrimaryKeyString());
            await GrainFactory.GetGrain<INamesGrain>(GrainKeys.UsageOwners(month)).AddAsync(owner, int.MaxValue);
        }

        await _usage.ChangeAsync(usage => UsageAggregate.Apply(usage, report, _time.GetUtcNow(), _cluster.IsDead));
    }

    public Task<ImmutableArray<UsageEntry>> GetAsync() => Task.FromResult(_usage.Current.Entries);
}
