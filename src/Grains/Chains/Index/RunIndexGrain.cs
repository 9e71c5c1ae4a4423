using System.Collections.Immutable;
using System.Globalization;
using Orleans.Placement;
using Prism.Grains.Background;
using Prism.Grains.Catalog;
using Prism.Grains.Chains.Running;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Settings;

namespace Prism.Grains.Chains.Index;

/// <summary>
/// Knows the partitions of an owner's runs, and enforces the owner's quotas. It is written only when a partition is added or dropped. The use of the
/// quotas is counted from the partitions, once an activation and before a run would be denied.
/// </summary>
[HashBasedPlacement]
internal sealed class RunIndexGrain : Grain, IRunIndexGrain, IRunIndexWriter
{
    private const int LargestPage = 100;

    // With a filter that nothing passes, one call must not read everything there is.
    private const int MostShelvesRead = 16;

    // A caller that was denied repeats its call again and again.
    private static readonly TimeSpan RecountPeriod = TimeSpan.FromSeconds(10);

    // Longer than a start takes.
    private static readonly TimeSpan Startup = TimeSpan.FromMinutes(2);

    private readonly SharedWrites<RunIndexState> _index;
    private readonly RunAccount _account;
    private readonly TimeProvider _time;
    private Task _counting = Task.CompletedTask;
    private long? _countedAt;

    public RunIndexGrain(
        [PersistentState(StorageNames.RunIndexState, StorageNames.Runs)] IPersistentState<RunIndexState> storage,
        ISettings<QuotaOptions> settings,
        TimeProvider time) => (_index, _account, _time) = (new(storage, DeactivateOnIdle), new(settings), time);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _index.Load();
        return Task.CompletedTask;
    }

    public async Task<string> AddAsync(RunSummary run)
    {
        var day = run.CreatedAt.UtcTicks / TimeSpan.TicksPerDay;
        while (true)
        {
            if (_index.Current.Shelves is not [.., { Day: var current } newest] || current < day)
            {
                await OpenAsync(after: _index.Current.Shelves.LastOrDefault(), day);
                continue;
            }

            if (!await ShelfOf(newest.Number).PutAsync(this.GetPrimaryKeyString(), run))
            {
                await OpenAsync(after: newest, day);
            }
            else if (_index.Current.Shelves.Contains(newest))
            {
                return KeyOf(newest.Number);
            }
        }
    }

    public async Task<RunAdmission> AdmitAsync(RunSummary run)
    {
        if (_countedAt is null)
        {
            await RecountAsync();
        }

        var refused = _account.TryBegin(run);
        if (refused is not null && IsRecountDue())
        {
            // Something may have ended of which nothing was heard.
            await RecountAsync();
            refused = _account.TryBegin(run);
        }

        if (refused is not null)
        {
            return new() { Error = refused };
        }

        try
        {
            var shelf = await AddAsync(run);
            _account.OnPut(run.Id);
            return new() { Shelf = shelf };
        }
        catch
        {
            // Only the partition knows whether it has the run.
            _account.OnPut(run.Id);
            _countedAt = null;
            throw;
        }
    }

    public Task OnEndedAsync(RunSummary run)
    {
        _account.OnEnded(run);
        return Task.CompletedTask;
    }

    public Task OnDeletedAsync(ImmutableArray<string> runIds)
    {
        foreach (var id in runIds)
        {
            _account.OnDeleted(id);
        }

        return Task.CompletedTask;
    }

    public Task DropAsync(string shelf) => _index.ChangeAsync(index =>
        index.Shelves.RemoveAll(mark => KeyOf(mark.Number) == shelf) is var left && left.Length < index.Shelves.Length
            ? index with { Shelves = left }
            : index);

    public async Task<RunPage> ListAsync(RunQuery query)
    {
        var after = query.After is null ? new RunCursor(long.MaxValue, long.MaxValue, "") : RunCursor.Parse(query.After);
        if (after is null || query.Limit is < 1 or > LargestPage)
        {
            return new() { Error = ErrorOf(query) };
        }

        var runs = ImmutableArray.CreateBuilder<RunSummary>();
        var (read, next) = (0, default(string));
        foreach (var mark in _index.Current.Shelves.Reverse().Where(mark => mark.Number <= after.Value.Shelf))
        {
            if (read++ == MostShelvesRead)
            {
                return new() { Runs = runs.ToImmutable(), Next = RunCursor.AtEndOf(mark.Number + 1).ToString() };
            }

            foreach (var run in await ShelfOf(mark.Number).ReadAsync())
            {
                if (!after.Value.IsBefore(mark.Number, run) || (query.Status is { } status && run.Status != status))
                {
                    continue;
                }

                if (runs.Count == query.Limit)
                {
                    return new() { Runs = runs.ToImmutable(), Next = next };
                }

                runs.Add(run);
                next = RunCursor.Of(mark.Number, run).ToString();
            }
        }

        return new() { Runs = runs.ToImmutable() };
    }

    private bool IsRecountDue() => _countedAt is not { } at || _time.GetElapsedTime(at) >= RecountPeriod;

    // One recount for all that wait for it.
    private Task RecountAsync() => _counting.IsCompleted ? _counting = CountAsync() : _counting;

    private async Task CountAsync()
    {
        _account.BeginRecount();
        var (at, shelves) = (_time.GetTimestamp(), _index.Current.Shelves);
        var runs = await Task.WhenAll(shelves.Select(mark => ShelfOf(mark.Number).ReadAsync()));
        _account.EndRecount(runs.SelectMany(some => some));
        _countedAt = at;
        CheckActive(shelves.Zip(runs, (mark, some) => (KeyOf(mark.Number), some)));
    }

    // A start that was cut short has left an entry without a run, and the death of a silo may have prevented the report of an end.
    private void CheckActive(IEnumerable<(string Shelf, ImmutableArray<RunSummary> Runs)> shelves)
    {
        var before = _time.GetUtcNow() - Startup;
        foreach (var (shelf, run) in shelves.SelectMany(one => one.Runs, (one, run) => (one.Shelf, run)))
        {
            if (!run.IsFinished && run.CreatedAt < before)
            {
                GrainFactory.GetGrain<IRunControl>(run.Id).CheckAsync(shelf).Ignore();
            }
        }
    }

    // One that two want to open is opened once.
    private Task OpenAsync(ShelfMark after, long day) => _index.ChangeAsync(index =>
        index.Shelves.LastOrDefault() == after
            ? index with { Shelves = index.Shelves.Add(new(index.Next, day)), Next = index.Next + 1 }
            : index);

    private static ChatError ErrorOf(RunQuery query) => query.Limit is < 1 or > LargestPage
        ? ChatError.Invalid(string.Create(CultureInfo.InvariantCulture, $"'limit' must be from 1 to {LargestPage}, not {query.Limit}."), "limit")
        : ChatError.Invalid("'after' must be the 'next' of a list of runs.", "after");

    private string KeyOf(long shelf) => GrainKeys.RunPartition(this.GetPrimaryKeyString(), shelf);

    private IRunPartition ShelfOf(long shelf) => GrainFactory.GetGrain<IRunPartition>(KeyOf(shelf));
}
