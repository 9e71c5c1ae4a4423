using Orleans.Placement;
using Prism.Grains.Catalog;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;
using Prism.Grains.Settings;

namespace Prism.Grains.Templates;

/// <summary>One template of a user. It is called only to change the template and to renew leases, so its activation is short-lived.</summary>
[HashBasedPlacement, CollectionAgeLimit(Minutes = 5)]
internal sealed class TemplateGrain(
    [PersistentState(StorageNames.TemplateState, StorageNames.Catalogs)] IPersistentState<TemplateState> storage,
    TemplateDrafts drafts,
    TemplateBroadcast broadcast,
    ISettings<QuotaOptions> settings) : Grain, ITemplateGrain
{
    private CatalogEntry<TemplateState> _entry = null!;

    private string Key => this.GetPrimaryKeyString();

    private StoredTemplate? Stored => _entry.Written.Stored;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var (owner, name) = GrainKeys.ReadOwned(Key);
        var quota = new NamesQuota("template", () => (settings.Current.Templates, settings.Current.TemplateBytes));
        _entry = new(this, storage, quota, GrainFactory.GetGrain<INamesGrain>(GrainKeys.TemplateNames(owner)), name);
        return Task.CompletedTask;
    }

    public async Task<TemplatePut> PutAsync(TemplateDraft draft)
    {
        var (_, name) = GrainKeys.ReadOwned(Key);
        var (template, error) = drafts.Read(name, draft);
        error ??= CheckBase(name, draft);
        if (error is not null)
        {
            return new() { Error = error };
        }

        var isNew = Stored is null;
        var next = Stored is not null && TemplateDrafts.AreSame(Stored.Template, template!) ? _entry.Written : StateOf(template!);
        if (await _entry.PutAsync(next) is { } full)
        {
            return new() { Error = full };
        }

        // Also for a template that was stored already: the call that stored it may have ended before all silos knew.
        await broadcast.ForgetEverywhereAsync(Key);
        return new() { Template = Stored!.Template, IsNew = isNew };
    }

    public async Task<bool> DeleteAsync()
    {
        var existed = Stored is not null;
        if (existed)
        {
            await _entry.ClearAsync();
        }

        // Also if there was none, for the same reason as above.
        await broadcast.ForgetEverywhereAsync(Key);
        await _entry.RemoveNameAsync();
        return existed;
    }

    public Task<TemplateReading> ReadAsync(string? known)
    {
        var isKnown = Stored is not null && Stored.Revision == known;
        return Task.FromResult(new TemplateReading { IsKnown = isKnown, Stored = isKnown ? null : Stored });
    }

    private TemplateState StateOf(PromptTemplate template) => new()
    {
        Stored = new() { Template = template with { Version = (Stored?.Template.Version ?? 0) + 1 }, Revision = Guid.NewGuid().ToString("N") },
    };

    private ChatError? CheckBase(string name, TemplateDraft draft)
    {
        var version = Stored?.Template.Version;
        return draft.BasedOn is { } based && based != version ? TemplateErrors.Outdated(name, based, version) : null;
    }
}
