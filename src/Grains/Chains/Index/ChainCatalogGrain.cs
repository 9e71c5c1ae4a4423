using Orleans.Placement;
using Prism.Grains.Catalog;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Settings;

namespace Prism.Grains.Chains.Index;

/// <summary>One stored chain. It is called only when the chain is changed or a run of it starts, so its activation is short-lived.</summary>
[HashBasedPlacement, CollectionAgeLimit(Minutes = 5)]
internal sealed class ChainCatalogGrain(
    [PersistentState(StorageNames.ChainState, StorageNames.Catalogs)] IPersistentState<ChainCatalogState> storage,
    ChainDrafts drafts,
    ISettings<QuotaOptions> settings) : Grain, IChainCatalogGrain
{
    private CatalogEntry<ChainCatalogState> _entry = null!;

    private StoredChain? Stored => _entry.Written.Chain;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var (owner, name) = GrainKeys.ReadOwned(this.GetPrimaryKeyString());
        var quota = new NamesQuota("chain", () => (settings.Current.Chains, settings.Current.ChainBytes));
        _entry = new(this, storage, quota, GrainFactory.GetGrain<INamesGrain>(GrainKeys.ChainNames(owner)), name);
        return Task.CompletedTask;
    }

    public async Task<ChainPut> PutAsync(ChainDraft draft)
    {
        var (owner, name) = GrainKeys.ReadOwned(this.GetPrimaryKeyString());
        var (chain, error) = await drafts.ReadAsync(owner, name, draft);
        error ??= CheckBase(name, draft);
        if (error is not null)
        {
            return new() { Error = error };
        }

        var isNew = Stored is null;
        var isSame = Stored is not null && ChainDrafts.AreSame(Stored, chain!);
        var next = isSame ? _entry.Written : new() { Chain = chain! with { Summary = chain.Summary with { Version = (Stored?.Summary.Version ?? 0) + 1 } } };
        return await _entry.PutAsync(next) is { } full ? new() { Error = full } : new() { Chain = Stored, IsNew = isNew };
    }

    public async Task<bool> DeleteAsync()
    {
        var existed = Stored is not null;
        if (existed)
        {
            await _entry.ClearAsync();
        }

        await _entry.RemoveNameAsync();
        return existed;
    }

    public Task<StoredChain?> GetAsync() => Task.FromResult(Stored);

    public Task<ChainSummary?> DescribeAsync() => Task.FromResult(Stored?.Summary);

    private ChatError? CheckBase(string name, ChainDraft draft)
    {
        var version = Stored?.Summary.Version;
        return draft.BasedOn is { } based && based != version ? ChainErrors.Outdated(name, based, version) : null;
    }
}
