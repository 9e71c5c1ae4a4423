using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Orleans.Storage;
using Prism.Grains.Interfaces;
using Prism.Grains.Storage;

namespace Prism.Tests.Chains;

/// <summary>A storage that all silos of a test share and that outlives them, with etags, JSON as in production, and faults as they are ordered.</summary>
internal sealed class RunStorage : IGrainStorage
{
    private readonly GrainStateSerializer _json = new();
    private readonly ConcurrentDictionary<(string State, GrainId Grain), (BinaryData Json, int Etag)> _rows = new();
    private readonly ConcurrentQueue<int> _runWrites = new();

    /// <summary>Has writes of runs be done by this, which is given what commits them. Null: they are committed.</summary>
    public Func<Action, Task>? OnRunWrite { get; set; }

    /// <summary>Called after a row was deleted.</summary>
    public Action OnCleared { get; set; } = () => { };

    /// <summary>The committed writes of runs: the length of each.</summary>
    public IReadOnlyCollection<int> RunWrites => _runWrites;

    public bool Has(GrainId grain) => _rows.Keys.Any(key => key.Grain == grain);

    public int Count(string state) => _rows.Keys.Count(key => key.State == state);

    /// <summary>What stands in a row.</summary>
    public T Read<T>(string state, GrainId grain) => _json.Deserialize<T>(_rows[(state, grain)].Json)!;

    /// <summary>All rows of a state.</summary>
    public IEnumerable<T> ReadAll<T>(string state) => _rows.Keys.Where(key => key.State == state).Select(key => Read<T>(state, key.Grain));

    /// <summary>Whether a text stands in any row of a state.</summary>
    public bool Holds(string state, string text) => _rows.Any(row =>
        row.Key.State == state && Regex.Unescape(row.Value.Json.ToString()).Contains(text, StringComparison.Ordinal));

    /// <summary>Writes behind everybody's back, as another activation does.</summary>
    public void Overwrite<T>(string state, GrainId grain, Func<T, T> change)
    {
        var etag = _rows[(state, grain)].Etag;
        _rows[(state, grain)] = (_json.Serialize(change(Read<T>(state, grain))), etag + 1);
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_rows.TryGetValue((stateName, grainId), out var row))
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) =
                (_json.Deserialize<T>(row.Json)!, row.Etag.ToString(CultureInfo.InvariantCulture), true);
        }
        else
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null, false);
        }

        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // As a real storage does: never at once.
        await Task.Yield();
        if (stateName == StorageNames.RunState && OnRunWrite is { } onWrite)
        {
            await onWrite(Commit);
        }
        else
        {
            Commit();
        }

        void Commit()
        {
            lock (_rows)
            {
                var etag = CheckEtag(stateName, grainId, grainState);
                var json = _json.Serialize(grainState.State);
                _rows[(stateName, grainId)] = (json, etag + 1);
                (grainState.ETag, grainState.RecordExists) = ((etag + 1).ToString(CultureInfo.InvariantCulture), true);
                if (stateName == StorageNames.RunState)
                {
                    _runWrites.Enqueue(json.ToMemory().Length);
                }
            }
        }
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_rows)
        {
            CheckEtag(stateName, grainId, grainState);
            _rows.TryRemove((stateName, grainId), out _);
            (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null, false);
        }

        OnCleared();
        return Task.CompletedTask;
    }

    private int CheckEtag<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var etag = _rows.TryGetValue((stateName, grainId), out var known) ? known.Etag : 0;
        return (grainState.ETag ?? "0") == etag.ToString(CultureInfo.InvariantCulture)
            ? etag
            : throw new InconsistentStateException("Somebody else has written.", etag.ToString(CultureInfo.InvariantCulture), grainState.ETag);
    }
}
