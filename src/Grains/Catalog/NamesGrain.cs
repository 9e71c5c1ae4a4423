using System.Collections.Immutable;
using Orleans.Placement;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Catalog;

namespace Prism.Grains.Catalog;

/// <summary>The names of an owner's things of one kind.</summary>
[HashBasedPlacement]
internal sealed class NamesGrain(
    [PersistentState(StorageNames.NamesState, StorageNames.Catalogs)] IPersistentState<NamesState> storage) : Grain, INamesGrain
{
    public async Task<bool> AddAsync(string name, int most)
    {
        var names = storage.State.Names;
        var at = Find(name);
        if (at >= 0)
        {
            return true;
        }

        if (names.Length >= most)
        {
            return false;
        }

        await WriteAsync(names.Insert(~at, name), Bytes.Insert(~at, 0));
        return true;
    }

    public async Task<NamesUse?> ReserveAsync(string name, long bytes, int most, long mostBytes)
    {
        var (at, all) = (Find(name), Bytes);
        if (at < 0 && all.Length >= most)
        {
            return new() { Names = all.Length };
        }

        var (before, sum) = (at < 0 ? 0 : all[at], all.Sum());
        if (bytes > before && sum - before + bytes > mostBytes)
        {
            return new() { Bytes = sum };
        }

        if (at < 0)
        {
            await WriteAsync(storage.State.Names.Insert(~at, name), all.Insert(~at, bytes));
        }
        else if (bytes > before)
        {
            await WriteAsync(storage.State.Names, all.SetItem(at, bytes));
        }

        return null;
    }

    public Task SettleAsync(string name, long bytes) => Find(name) is >= 0 and var at && Bytes is var all && all[at] != bytes
        ? WriteAsync(storage.State.Names, all.SetItem(at, bytes))
        : Task.CompletedTask;

    public Task RemoveAsync(string name) => Find(name) is >= 0 and var at
        ? WriteAsync(storage.State.Names.RemoveAt(at), Bytes.RemoveAt(at))
        : Task.CompletedTask;

    public Task<ImmutableArray<string>> ListAsync() => Task.FromResult(storage.State.Names);

    private ImmutableArray<long> Bytes => storage.State.Bytes.Length == storage.State.Names.Length
        ? storage.State.Bytes
        : [.. Enumerable.Repeat(0L, storage.State.Names.Length)];

    private int Find(string name) => storage.State.Names.AsSpan().BinarySearch(name, StringComparer.Ordinal);

    private async Task WriteAsync(ImmutableArray<string> names, ImmutableArray<long> bytes)
    {
        try
        {
            // Most kinds of names have no bytes, and need not store zeros.
            storage.State = new() { Names = names, Bytes = bytes.Any(one => one != 0) ? bytes : [] };
            await storage.WriteStateAsync();
        }
        catch
        {
            // Whether it is written only the storage knows; the next activation reads it.
            DeactivateOnIdle();
            throw;
        }
    }
}
