using Microsoft.Extensions.Options;
using Orleans.Placement;
using Prism.Grains.Catalog;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;

namespace Prism.Grains.Templates;

/// <summary>One template of a user's own. Activations are only needed to change it and to renew leases, so they do not stay for long.</summary>
[HashBasedPlacement, CollectionAgeLimit(Minutes = 5)]
internal sealed class TemplateGrain(
    [PersistentState(StorageNames.TemplateState, StorageNames.Catalogs)] IPersistentState<TemplateState> storage,
    TemplateDrafts drafts,
    TemplateBroadcast broadcast,
    IOptions<QuotaOptions> quotas) : Grain, ITemplateGrain
{
    private readonly NamesQuota _quota = new("template", quotas.Value.Templates, quotas.Value.TemplateBytes);

    // What is known to be written. The state itself is changed before it is, and reads come in between.
    private StoredTemplate? _stored;

    private string Key => this.GetPrimaryKeyString();

    private INamesGrain Names => GrainFactory.GetGrain<INamesGrain>(GrainKeys.TemplateNames(GrainKeys.ReadOwned(Key).Owner));

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _stored = storage.State.Stored;
        return Task.CompletedTask;
    }

    public async Task<TemplatePut> PutAsync(TemplateDraft draft)
    {
        var (_, name) = GrainKeys.ReadOwned(Key);
        var (template, refused) = drafts.Read(name, draft);
        refused ??= CheckBase(name, draft);
        if (refused is not null)
        {
            return new() { Error = refused };
        }

        // The name first: what is stored has to be found in lists, and a name without a template does no harm there.
        var next = _stored is not null && TemplateDrafts.AreSame(_stored.Template, template!)
            ? _stored
            : new() { Template = template! with { Version = (_stored?.Template.Version ?? 0) + 1 }, Revision = Guid.NewGuid().ToString("N") };
        var bytes = NamesQuota.SizeOf(new TemplateState { Stored = next });
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

        // Also of what was stored already: by a call that may have ended before all silos knew.
        await broadcast.ForgetEverywhereAsync(Key);
        return new() { Template = _stored!.Template, IsNew = isNew };
    }

    public async Task<bool> DeleteAsync()
    {
        var existed = _stored is not null;
        if (existed)
        {
            await ChangeAsync(storage.ClearStateAsync);
            _stored = null;
        }

        // Also where there was none, for the same reason as above.
        await broadcast.ForgetEverywhereAsync(Key);
        await Names.RemoveAsync(GrainKeys.ReadOwned(Key).Name);
        return existed;
    }

    public Task<TemplateReading> ReadAsync(string? known)
    {
        var isKnown = _stored is not null && _stored.Revision == known;
        return Task.FromResult(new TemplateReading { IsKnown = isKnown, Stored = isKnown ? null : _stored });
    }

    private ChatError? CheckBase(string name, TemplateDraft draft)
    {
        var version = _stored?.Template.Version;
        return draft.BasedOn is { } based && based != version ? TemplateErrors.Outdated(name, based, version) : null;
    }

    private async Task StoreAsync(StoredTemplate next)
    {
        storage.State = new() { Stored = next };
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
