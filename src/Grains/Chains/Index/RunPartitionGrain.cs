using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Prism.Grains.Background;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Chains.Running;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Settings;

namespace Prism.Grains.Chains.Index;

/// <summary>Some runs of an owner, and the one reminder that deletes them when their time has come.</summary>
[HashBasedPlacement]
[GrainType("runshelf")]
internal sealed partial class RunPartitionGrain : Grain, IRunPartition, IRemindable
{
    /// <summary>The most runs on one: a row of some 100 KB.</summary>
    internal const int Capacity = 500;

    private const string Reminder = "retention";
    private const int DeletedAtOnce = 16;

    private static readonly TimeSpan LongestPeriod = TimeSpan.FromHours(1);

    private readonly IPersistentState<RunPartitionState> _storage;
    private readonly SharedWrites<RunPartitionState> _shelf;
    private readonly ChainOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RunPartitionGrain> _logger;

    public RunPartitionGrain(
        [PersistentState(StorageNames.RunPartitionState, StorageNames.Runs)] IPersistentState<RunPartitionState> storage,
        ISettings<ChainOptions> settings,
        TimeProvider time,
        ILogger<RunPartitionGrain> logger)
    {
        (_storage, _options, _time, _logger) = (storage, settings.Current, time, logger);
        _shelf = new(storage, DeactivateOnIdle);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _shelf.Load();
        return Task.CompletedTask;
    }

    public async Task<bool> PutAsync(string index, RunSummary run)
    {
        if (IsFullFor(_shelf.Current, run))
        {
            return false;
        }

        if (_shelf.Current.Runs.IsEmpty)
        {
            // First, so that no run is there without the reminder that deletes it.
            await this.RegisterOrUpdateReminder(Reminder, _options.RunRetention, PeriodOf(_options));
        }

        var isPut = true;
        await _shelf.ChangeAsync(shelf =>
        {
            isPut = !IsFullFor(shelf, run);
            return !isPut || shelf.Runs.Any(one => one.Id == run.Id) ? shelf : shelf with { Index = index, Runs = shelf.Runs.Add(run) };
        });
        return isPut;
    }

    public Task EndAsync(RunSummary run) => _shelf.ChangeAsync(shelf =>
        shelf.Runs.FirstOrDefault(one => one.Id == run.Id) is { } known && known != run
            ? shelf with { Runs = shelf.Runs.Replace(known, run) }
            : shelf);

    public Task RemoveAsync(string runId) => RemoveAsync([runId]);

    public Task<ImmutableArray<RunSummary>> ReadAsync() => Task.FromResult(RunOrder.NewestFirst(_shelf.Current.Runs));

    /// <summary>Deletes the runs whose time has come, and itself with the last.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        var due = _time.GetUtcNow() - _options.RunRetention;
        var deleted = new List<string>();
        foreach (var some in _shelf.Current.Runs.Where(run => run.CreatedAt <= due).Chunk(DeletedAtOnce))
        {
            var gone = await Task.WhenAll(some.Select(run => GrainFactory.GetGrain<IRunControl>(run.Id).DeleteAsync()));
            deleted.AddRange(some.Zip(gone).Where(pair => pair.Second).Select(pair => pair.First.Id));
        }

        if (deleted.Count > 0)
        {
            LogDeleted(deleted.Count, this.GetPrimaryKeyString());
            await RemoveAsync([.. deleted]);
        }

        if (_shelf.Current.Runs.IsEmpty)
        {
            await DeleteItselfAsync();
        }
    }

    private async Task RemoveAsync(HashSet<string> runIds)
    {
        await _shelf.ChangeAsync(shelf => shelf.Runs.RemoveAll(run => runIds.Contains(run.Id)) is var left && left.Length < shelf.Runs.Length
            ? shelf with { Runs = left }
            : shelf);
        if (_shelf.Current.Index is { } index)
        {
            await GrainFactory.GetGrain<IRunIndexWriter>(index).OnDeletedAsync([.. runIds]);
        }
    }

    private async Task DeleteItselfAsync()
    {
        if (_shelf.Current.Index is { } index)
        {
            await GrainFactory.GetGrain<IRunIndexWriter>(index).DropAsync(this.GetPrimaryKeyString());
        }

        // Nothing can have been put here meanwhile that its index would not put again.
        if (_shelf.Current.Runs.IsEmpty)
        {
            if (await this.GetReminder(Reminder) is { } reminder)
            {
                await this.UnregisterReminder(reminder);
            }

            await _storage.ClearStateAsync();
            DeactivateOnIdle();
        }
    }

    private static bool IsFullFor(RunPartitionState shelf, RunSummary run) =>
        shelf.Runs.Length >= Capacity && shelf.Runs.All(one => one.Id != run.Id);

    // Not exact to the second: a run that is kept for days may be kept for an hour more.
    private static TimeSpan PeriodOf(ChainOptions options)
    {
        var period = options.RunRetention / 24;
        return period > LongestPeriod ? LongestPeriod : period > options.WakePeriod ? period : options.WakePeriod;
    }

    [LoggerMessage(LogLevel.Information, "{Count} runs of {Shelf} are deleted at the end of their retention")]
    private partial void LogDeleted(int count, string shelf);
}
