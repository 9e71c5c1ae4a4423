using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Orleans.Storage;

namespace Prism.Tests.Quotas;

/// <summary>A storage that all silos of a test share, with etags, and with faults as they are ordered.</summary>
internal sealed class FaultyGrainStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<string, (string Json, int Etag)> _records = new();
    private readonly ConcurrentQueue<Func<Action, Task>> _faults = new();
    private int _writes;

    /// <summary>Writes that were committed.</summary>
    public int Writes => _writes;

    /// <summary>Has the next write be done by this, which is given what commits it.</summary>
    public void OnNextWrite(Func<Action, Task> fault) => _faults.Enqueue(fault);

    /// <summary>Writes behind everybody's back, as another activation does.</summary>
    public void Overwrite<T>(GrainId grain, Func<T, T> change)
    {
        var key = grain.ToString();
        var (json, etag) = _records[key];
        _records[key] = (JsonSerializer.Serialize(change(JsonSerializer.Deserialize<T>(json)!)), etag + 1);
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_records.TryGetValue(grainId.ToString(), out var record))
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) =
                (JsonSerializer.Deserialize<T>(record.Json)!, record.Etag.ToString(CultureInfo.InvariantCulture), true);
        }
        else
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null, false);
        }

        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_faults.TryDequeue(out var fault))
        {
            await fault(Commit);
        }
        else
        {
            Commit();
        }

        void Commit()
        {
            var key = grainId.ToString();
            var etag = _records.TryGetValue(key, out var known) ? known.Etag : 0;
            if ((grainState.ETag ?? "0") != etag.ToString(CultureInfo.InvariantCulture))
            {
                throw new InconsistentStateException("Somebody else has written.", etag.ToString(CultureInfo.InvariantCulture), grainState.ETag);
            }

            _records[key] = (JsonSerializer.Serialize(grainState.State), etag + 1);
            (grainState.ETag, grainState.RecordExists) = ((etag + 1).ToString(CultureInfo.InvariantCulture), true);
            Interlocked.Increment(ref _writes);
        }
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();
}
