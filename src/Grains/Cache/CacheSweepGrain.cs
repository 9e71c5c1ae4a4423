using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Cache;

namespace Prism.Grains.Cache;

/// <summary>
/// Deletes the entries that expire in one slot of time. Its list is written as a whole; all additions during a write share the next one.
/// </summary>
[HashBasedPlacement]
internal sealed partial class CacheSweepGrain(
    [PersistentState("sweep", StorageNames.Cache)] IPersistentState<CacheSweepState> storage,
    TimeProvider time,
    ILogger<CacheSweepGrain> logger) : Grain, ICacheSweepGrain, IRemindable
{
    /// <summary>How long expired entries stay in the storage, at most and a few minutes more. They are not served.</summary>
    internal static readonly TimeSpan SlotLength = TimeSpan.FromMinutes(5);

    private const string Reminder = "sweep";
    private const int AtOnce = 32;

    // The least that Orleans allows. So it is also the delay of a retry.
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    // A tick is a grain call and has to end before its timeout. The next tick does the rest.
    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(8);

    private readonly HashSet<string> _entries = new(StringComparer.Ordinal);
    private bool _isChanged;
    private Task? _reminding;
    private Task _writing = Task.CompletedTask;
    private Task? _nextWrite;

    /// <summary>The sweep that an entry belongs to.</summary>
    public static string KeyFor(string entry, DateTimeOffset expires) => GrainKeys.CacheSweep(
        entry, new((expires.UtcTicks + SlotLength.Ticks - 1) / SlotLength.Ticks * SlotLength.Ticks, TimeSpan.Zero));

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _entries.UnionWith(storage.State?.Entries ?? []);
        return Task.CompletedTask;
    }

    public async Task AddAsync(string entry)
    {
        await (_reminding ??= RemindAsync());
        _isChanged |= _entries.Add(entry);
        await (_isChanged ? WriteAsync() : _writing);
    }

    public Task RemoveAsync(string entry)
    {
        // Written with the next that is added. Where it is lost, an entry that is not there is deleted again.
        _isChanged |= _entries.Remove(entry);
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<string>> ListAsync() => Task.FromResult(_entries.ToImmutableArray());

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        var begun = time.GetTimestamp();
        var due = _entries.Chunk(AtOnce).ToArray();
        foreach (var entries in due.TakeWhile(_ => time.GetElapsedTime(begun) < LongestTick))
        {
            await Task.WhenAll(entries.Select(ExpireAsync));
        }

        await WriteAsync();
        if (_entries.Count == 0)
        {
            await EndAsync();
        }
    }

    // One that was made anew meanwhile has a later slot, where it is noted too.
    private async Task ExpireAsync(string entry)
    {
        try
        {
            var expires = await GrainFactory.GetGrain<ICacheGrain>(entry).ExpireAsync();
            if (expires is null || expires > GrainKeys.SlotEndOf(this.GetPrimaryKeyString()))
            {
                _isChanged |= _entries.Remove(entry);
            }
        }
        catch (Exception exception)
        {
            LogNotDeleted(exception);
        }
    }

    private async Task EndAsync()
    {
        if (await this.GetReminder(Reminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }

        _reminding = null;
        if (_entries.Count > 0)
        {
            // One has come while the reminder went.
            await (_reminding = RemindAsync());
            return;
        }

        await storage.ClearStateAsync();
        DeactivateOnIdle();
    }

    private async Task RemindAsync()
    {
        try
        {
            var due = GrainKeys.SlotEndOf(this.GetPrimaryKeyString()) - time.GetUtcNow();
            await this.RegisterOrUpdateReminder(Reminder, due > Period ? due : Period, Period);
        }
        catch
        {
            _reminding = null;
            throw;
        }
    }

    // One write is in progress and one waits for it, which has all changes until it begins.
    private Task WriteAsync()
    {
        return _nextWrite ??= AfterAsync(_writing);

        async Task AfterAsync(Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await Task.Yield();
            (_writing, _nextWrite, _isChanged) = (_nextWrite!, null, false);
            try
            {
                storage.State = new() { Entries = [.. _entries] };
                await storage.WriteStateAsync();
            }
            catch
            {
                _isChanged = true;
                throw;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "An expired entry of the cache could not be deleted; this is retried")]
    private partial void LogNotDeleted(Exception exception);
}
