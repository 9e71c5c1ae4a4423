using System.Collections.Concurrent;
using Orleans.Storage;
using Prism.Grains.Interfaces;

namespace Prism.Tests.Keys;

/// <summary>A storage with etags, whose reads are counted, held up and failed as a test says.</summary>
internal sealed class KeyStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string, GrainId), (object? State, string ETag)> _rows = [];
    private int _keyReads;

    /// <summary>How often a key was read. That whether any has changed is asked is not counted.</summary>
    public int KeyReads => Volatile.Read(ref _keyReads);

    /// <summary>Called before each reading, with the name of the state.</summary>
    public Func<string, Task> BeforeRead { get; set; } = _ => Task.CompletedTask;

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (stateName == StorageNames.ApiKeyState)
        {
            Interlocked.Increment(ref _keyReads);
        }

        var found = _rows.TryGetValue((stateName, grainId), out var row);
        await BeforeRead(stateName);
        (grainState.State, grainState.ETag, grainState.RecordExists) = found ? ((T)row.State!, row.ETag, true) : (grainState.State, null!, false);
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var etag = Guid.NewGuid().ToString();
        if ((_rows.TryGetValue((stateName, grainId), out var row) ? row.ETag : null) != grainState.ETag)
        {
            throw new InconsistentStateException("Somebody else has written.");
        }

        _rows[(stateName, grainId)] = (grainState.State, etag);
        (grainState.ETag, grainState.RecordExists) = (etag, true);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _rows.TryRemove((stateName, grainId), out _);
        return Task.CompletedTask;
    }
}
