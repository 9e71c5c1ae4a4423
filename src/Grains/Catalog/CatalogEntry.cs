using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Catalog;

/// <summary>The entry of one name in an owner's catalog, for the grain of that name: its stored state, its place in the quota and in the list of names.</summary>
/// <param name="grain">The grain. It is deactivated if a write fails.</param>
/// <param name="storage">Its storage, which has been read.</param>
/// <param name="quota">The quota of the owner.</param>
/// <param name="names">The names of the owner.</param>
/// <param name="name">The name.</param>
internal sealed class CatalogEntry<TState>(IGrainBase grain, IPersistentState<TState> storage, NamesQuota quota, INamesGrain names, string name)
    where TState : class, new()
{
    /// <summary>The state that is known to be written. The state of the storage is changed before it is written, and reads come in between.</summary>
    public TState Written { get; private set; } = storage.State;

    /// <summary>Stores a state, unless it is <see cref="Written"/> itself.</summary>
    /// <returns>Why the quota does not allow it, or null.</returns>
    public async Task<ChatError?> PutAsync(TState next)
    {
        // The name first: stored state has to be found in lists, and a name without a state does no harm there.
        var bytes = NamesQuota.SizeOf(next);
        if (await quota.ReserveAsync(names, name, bytes) is { } full)
        {
            return full;
        }

        if (!ReferenceEquals(next, Written))
        {
            storage.State = next;
            await ChangeAsync(storage.WriteStateAsync);
            Written = next;
            await names.SettleAsync(name, bytes);
        }

        return null;
    }

    /// <summary>Deletes the state. The name stays until <see cref="RemoveNameAsync"/>.</summary>
    public async Task ClearAsync()
    {
        await ChangeAsync(storage.ClearStateAsync);
        Written = new();
    }

    /// <summary>Removes the name.</summary>
    public Task RemoveNameAsync() => names.RemoveAsync(name);

    private async Task ChangeAsync(Func<CancellationToken, Task> change)
    {
        try
        {
            await change(CancellationToken.None);
        }
        catch
        {
            // Only the storage knows whether it is written. The next activation reads it.
            grain.DeactivateOnIdle();
            throw;
        }
    }
}
