using System.Collections.Immutable;
using System.Globalization;
using Orleans.Placement;
using Prism.Chat;
using Prism.Storage;

namespace Prism.Chains;

/// <summary>Knows on which shelves an owner's runs are. Written only when a shelf is opened or dropped.</summary>
[HashBasedPlacement]
internal sealed class RunIndexGrain : Grain, IRunIndexGrain, IRunRegister
{
    private const int LargestPage = 100;

    // With a filter that nothing passes, one call must not read everything there is.
    private const int MostShelvesRead = 16;

    private readonly SharedWrites<RunIndexState> _index;

    public RunIndexGrain([PersistentState(StorageNames.RunIndexState, StorageNames.Runs)] IPersistentState<RunIndexState> storage) =>
        _index = new(storage, DeactivateOnIdle);

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

    // One that two want to open is opened once.
    private Task OpenAsync(ShelfMark after, long day) => _index.ChangeAsync(index =>
        index.Shelves.LastOrDefault() == after
            ? index with { Shelves = index.Shelves.Add(new(index.Next, day)), Next = index.Next + 1 }
            : index);

    private static ChatError ErrorOf(RunQuery query) => query.Limit is < 1 or > LargestPage
        ? ChatError.Invalid(string.Create(CultureInfo.InvariantCulture, $"'limit' must be from 1 to {LargestPage}, not {query.Limit}."), "limit")
        : ChatError.Invalid("'after' must be the 'next' of a list of runs.", "after");

    private string KeyOf(long shelf) => GrainKeys.RunShelf(this.GetPrimaryKeyString(), shelf);

    private IRunShelf ShelfOf(long shelf) => GrainFactory.GetGrain<IRunShelf>(KeyOf(shelf));
}
