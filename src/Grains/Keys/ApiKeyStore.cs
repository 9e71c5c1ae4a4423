using Orleans.Storage;
using Prism.Grains.Interfaces;

namespace Prism.Grains.Keys;

/// <summary>
/// The stored API keys, as silos read them: directly, because the grains only change them. So the death of a silo locks no caller out while its
/// grains are found again, and a read returns the last write of any activation.
/// </summary>
/// <param name="storage">Looked up when first used: where there are no keys, there need not be one.</param>
internal sealed class ApiKeyStore(Func<IGrainStorage> storage)
{
    /// <summary>The type of the grains whose rows the keys are.</summary>
    public const string GrainType = "apikey";

    // A row of its own, which is no grain's: each key's grain writes it.
    private static readonly GrainId EpochRow = GrainId.Create("prism.api-key-epoch", "all");

    /// <summary>A key; one without <see cref="ApiKeyState.Key"/> where there is none.</summary>
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
