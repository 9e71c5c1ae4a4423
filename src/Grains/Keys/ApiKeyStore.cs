using Orleans.Storage;
using Prism.Grains.Interfaces;

namespace Prism.Grains.Keys;

/// <summary>
/// The stored API keys, as silos read them: directly, because the grains only change them. So no caller is locked out while the
/// grains of a dead silo are activated elsewhere, and a read returns the last write of any activation.
/// </summary>
/// <param name="storage">Looked up when first used: without keys, none is needed.</param>
internal sealed class ApiKeyStore(Func<IGrainStorage> storage)
{
    /// <summary>The type of the grains whose rows the keys are.</summary>
    public const string GrainType = "apikey";

    // A row of its own, which belongs to no grain: each key's grain writes it.
    private static readonly GrainId EpochRow = GrainId.Create("prism.api-key-epoch", "all");

    /// <summary>A key; one without <see cref="ApiKeyState.Key"/> if it does not exist.</summary>
    public async Task<ApiKeyState> ReadAsync(string id)
    {
        var state = new GrainState<ApiKeyState>(new());
        await storage().ReadStateAsync(StorageNames.ApiKeyState, GrainId.Create(GrainType, id), state);
        return state.State ?? new();
    }

    /// <summary>The epoch of all keys.</summary>
    public async Task<string?> ReadEpochAsync() => (await ReadEpochRowAsync()).State?.Epoch;

    /// <summary>Begins a new epoch; to be called once a key's change is written.</summary>
    public async Task AdvanceEpochAsync()
    {
        var row = await ReadEpochRowAsync();
        row.State = new() { Epoch = Guid.NewGuid().ToString("N") };
        try
        {
            await storage().WriteStateAsync(StorageNames.ApiKeyEpochState, EpochRow, row);
        }
        catch (InconsistentStateException)
        {
            // Another key's grain has begun one meanwhile: after this key's change too.
        }
    }

    private async Task<GrainState<ApiKeyEpochState>> ReadEpochRowAsync()
    {
        var row = new GrainState<ApiKeyEpochState>(new());
        await storage().ReadStateAsync(StorageNames.ApiKeyEpochState, EpochRow, row);
        return row;
    }
}
