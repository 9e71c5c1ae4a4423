using System.Collections.Immutable;
using Orleans.Placement;

namespace Prism.Catalog;

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

        await WriteAsync(names.Insert(~at, name));
        return true;
    }

    public Task RemoveAsync(string name) =>
        Find(name) is >= 0 and var at ? WriteAsync(storage.State.Names.RemoveAt(at)) : Task.CompletedTask;

    public Task<ImmutableArray<string>> ListAsync() => Task.FromResult(storage.State.Names);

    private int Find(string name) => storage.State.Names.AsSpan().BinarySearch(name, StringComparer.Ordinal);

    private async Task WriteAsync(ImmutableArray<string> names)
    {
        try
        {
            storage.State = new() { Names = names };
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
