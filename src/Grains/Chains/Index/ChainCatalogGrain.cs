using Microsoft.Extensions.Options;
using Orleans.Placement;
using Prism.Grains.Catalog;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Chains.Index;

/// <summary>One stored chain. Only asked when it is changed or a run of it starts, so it does not stay for long.</summary>
[HashBasedPlacement, CollectionAgeLimit(Minutes = 5)]
internal sealed class ChainCatalogGrain(
    [PersistentState(StorageNames.ChainState, StorageNames.Catalogs)] IPersistentState<ChainCatalogState> storage,
    ChainDrafts drafts,
    IOptions<QuotaOptions> quotas) : Grain, IChainCatalogGrain
{
    private readonly NamesQuota _quota = new("chain", quotas.Value.Chains, quotas.Value.ChainBytes);

    // What is known to be written. The state itself is changed before it is, and reads come in between.
    private StoredChain? _stored;

    private INamesGrain Names =>
        GrainFactory.GetGrain<INamesGrain>(GrainKeys.ChainNames(GrainKeys.ReadOwned(this.GetPrimaryKeyString()).Owner));

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _stored = storage.State.Chain;
        return Task.CompletedTask;
    }

    public async Task<ChainPut> PutAsync(ChainDraft draft)
    {
        var (owner, name) = GrainKeys.ReadOwned(this.GetPrimaryKeyString());
        var (chain, refused) = await drafts.ReadAsync(owner, name, draft);
        refused ??= CheckBase(name, draft);
        if (refused is not null)
        {
            return new() { Error = refused };
        }

        // The name first: what is stored has to be found in lists, and a name without a chain does no harm there.
        var next = _stored is not null && ChainDrafts.AreSame(_stored, chain!)
            ? _stored
            : chain! with { Summary = chain.Summary with { Version = (_stored?.Summary.Version ?? 0) + 1 } };
        var bytes = NamesQuota.SizeOf(new ChainCatalogState { Chain = next });
        if (await _quota.ReserveAsync(Names, name, bytes) is { } full)
        {
            return new() { Error = full };
        }

        var isNew = _stored is null;
        if (!ReferenceEquals(next, _stored))
        {
            await StoreAsync(next);
            await Names.SettleAsync(name, bytes);
        }

        return new() { Chain = _stored, IsNew = isNew };
    }

    public async Task<bool> DeleteAsync()
    {
        var existed = _stored is not null;
        if (existed)
        {
            await ChangeAsync(storage.ClearStateAsync);
            _stored = null;
        }

        await Names.RemoveAsync(GrainKeys.ReadOwned(this.GetPrimaryKeyString()).Name);
        return existed;
    }

    public Task<StoredChain?> GetAsync() => Task.FromResult(_stored);

    public Task<ChainSummary?> DescribeAsync() => Task.FromResult(_stored?.Summary);

    private ChatError? CheckBase(string name, ChainDraft draft)
    {
        var version = _stored?.Summary.Version;
        return draft.BasedOn is { } based && based != version ? ChainErrors.Outdated(name, based, version) : null;
    }

    private async Task StoreAsync(StoredChain next)
    {
        storage.State = new() { Chain = next };
        await ChangeAsync(storage.WriteStateAsync);
        _stored = next;
    }

    private async Task ChangeAsync(Func<CancellationToken, Task> change)
    {
        try
        {
            await change(CancellationToken.None);
        }
        catch
        {
            // Whether it is written only the storage knows; the next activation reads it.
            DeactivateOnIdle();
            throw;
        }
    }
}
