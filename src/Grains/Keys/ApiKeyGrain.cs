using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Keys;
using Prism.Grains.Interfaces.Quotas;
using Prism.Grains.Quotas;

namespace Prism.Grains.Keys;

/// <summary>One API key, and the ledger of its limits.</summary>
[GrainType(ApiKeyStore.GrainType), HashBasedPlacement]
internal sealed class ApiKeyGrain : Grain, IApiKeyGrain
{
    /// <summary>The most keys that are not revoked.</summary>
    internal const int MostKeys = 10_000;

    private readonly IPersistentState<ApiKeyState> _storage;
    private readonly LedgerHost _ledger;
    private readonly ApiKeyRules _rules;
    private readonly ApiKeyBroadcast _broadcast;
    private readonly TimeProvider _time;

    // The key that is known to be written. The state itself is changed before it is written, and reads come in between.
    private ApiKeyState _state = new();
    private LimitSet _limits = LimitSet.None;

    public ApiKeyGrain(
        [PersistentState(StorageNames.ApiKeyState, StorageNames.Catalogs)] IPersistentState<ApiKeyState> storage,
        [PersistentState(StorageNames.LedgerState, StorageNames.Ledgers)] IPersistentState<LedgerState> ledger,
        ApiKeyRules rules,
        ApiKeyBroadcast broadcast,
        ILedgerCluster cluster,
        TimeProvider time,
        ILogger<ApiKeyGrain> logger)
    {
        (_storage, _rules, _broadcast, _time) = (storage, rules, broadcast, time);
        _ledger = new(ledger, () => _limits, cluster, time, logger);
    }

    private string Id => this.GetPrimaryKeyString();

    private INamesGrain Names => GrainFactory.GetGrain<INamesGrain>(GrainKeys.ApiKeyNames);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Apply(_storage.State);
        _ledger.Start();
        return Task.CompletedTask;
    }

    public async Task<ApiKeyOutcome> CreateAsync(ApiKeyTerms terms, string sha256)
    {
        if ((_rules.Check(terms) ?? (_state.Key is null ? null : ApiKeyErrors.Exists)) is { } refused)
        {
            return new() { Error = refused };
        }

        // The id first: a stored key must be in the list, and an id without a key is harmless there.
        if (!await Names.AddAsync(Id, MostKeys))
        {
            return new() { Error = ApiKeyErrors.TooMany(MostKeys) };
        }

        await StoreAsync(new() { Id = Id, Terms = terms, Version = 1, CreatedAt = _time.GetUtcNow() }, sha256);
        return new() { Key = _state.Key };
    }

    public async Task<ApiKeyOutcome> ChangeAsync(ApiKeyTerms terms, int basedOn)
    {
        if (_state.Key is not { } key)
        {
            return new() { Error = ApiKeyErrors.NotFound(Id) };
        }

        if (FindObstacle(key, terms, basedOn) is { } refused)
        {
            return new() { Error = refused };
        }

        await StoreAsync(key with { Terms = terms, Version = key.Version + 1 }, _state.Sha256);
        await _broadcast.ForgetEverywhereAsync(Id);
        return new() { Key = _state.Key };
    }

    public async Task<bool> RevokeAsync()
    {
        if (_state.Key is not { } key)
        {
            return false;
        }

        if (key.RevokedAt is null)
        {
            await StoreAsync(key with { RevokedAt = _time.GetUtcNow() }, _state.Sha256);
        }

        // Also if it is already revoked: the call that revoked it may have ended before all silos knew.
        await _broadcast.ForgetEverywhereAsync(Id);
        // Listed as revoked before it is removed from the valid ones. If there are too many revoked ones, it is in neither list.
        await GrainFactory.GetGrain<INamesGrain>(GrainKeys.RevokedApiKeyNames).AddAsync(Id, MostKeys);
        await Names.RemoveAsync(Id);
        return true;
    }

    public Task<ApiKey?> GetAsync() => Task.FromResult(_state.Key);

    public Task<LeaseAnswer> AskAsync(LeaseAsk ask) => _ledger.AskAsync(ask);

    public Task<LedgerStatus> GetStatusAsync() => Task.FromResult(_ledger.GetStatus());

    private ChatError? FindObstacle(ApiKey key, ApiKeyTerms terms, int basedOn) =>
        key.RevokedAt is not null ? ApiKeyErrors.Revoked
        : key.Version != basedOn ? ApiKeyErrors.Outdated
        : _rules.Check(terms);

    private void Apply(ApiKeyState written)
    {
        _state = written;
        _limits = written.Key is { } key ? LimitSet.Of(key.Terms) : LimitSet.None;
    }

    private async Task StoreAsync(ApiKey key, string sha256)
    {
        try
        {
            _storage.State = new() { Key = key, Sha256 = sha256 };
            await _storage.WriteStateAsync();
            Apply(_storage.State);
        }
        catch
        {
            // Only the storage knows whether it is written; the next activation reads it.
            DeactivateOnIdle();
            throw;
        }
    }
}
