using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Orleans.Storage;

namespace Prism.Tests.Cache;

/// <summary>A storage with etags that all silos of a test share, and that can be away.</summary>
internal sealed class CacheStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string State, GrainId Grain), (string Json, int Etag)> _records = new();

    /// <summary>Whether every access fails.</summary>
    public bool IsAway { get; set; }

    /// <summary>What every reading waits for.</summary>
    public Task Reading { get; set; } = Task.CompletedTask;

    /// <summary>What every write waits for.</summary>
    public Task Writes { get; set; } = Task.CompletedTask;

    /// <summary>How many states of this name there are.</summary>
    public int Count(string stateName) => _records.Keys.Count(key => key.State == stateName);

    /// <summary>All that is stored, as text.</summary>
    public IEnumerable<string> Texts(string stateName) => _records.Where(record => record.Key.State == stateName).Select(record => record.Value.Json);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await Reading;
        ThrowIfAway();
        (grainState.State, grainState.ETag, grainState.RecordExists) = _records.TryGetValue((stateName, grainId), out var record)
            ? (JsonSerializer.Deserialize<T>(record.Json)!, Text(record.Etag), true)
            : (Activator.CreateInstance<T>(), null, false);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowIfAway();
        await Writes;
        var key = (stateName, grainId);
        var next = CheckEtag(key, grainState) + 1;
        _records[key] = (JsonSerializer.Serialize(grainState.State), next);
        (grainState.ETag, grainState.RecordExists) = (Text(next), true);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowIfAway();
        CheckEtag((stateName, grainId), grainState);
        _records.TryRemove((stateName, grainId), out _);
        (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null, false);
        return Task.CompletedTask;
    }

    private int CheckEtag<T>((string State, GrainId Grain) key, IGrainState<T> grainState)
    {
        var etag = _records.TryGetValue(key, out var known) ? known.Etag : 0;
        return (grainState.ETag ?? "0") == Text(etag)
            ? etag
            : throw new InconsistentStateException("Somebody else has written.", Text(etag), grainState.ETag);
    }

    private void ThrowIfAway()
    {
        if (IsAway)
        {
            throw new IOException("The storage is away.");
        }
    }

    private static string Text(int etag) => etag.ToString(CultureInfo.InvariantCulture);
}
