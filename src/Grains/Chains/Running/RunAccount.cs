using Prism.Grains.Catalog;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Settings;

namespace Prism.Grains.Chains.Running;

/// <summary>
/// The use of an owner's quotas, from reports of the runs: a repeated, late or lost report has no lasting effect. The partitions are the stored
/// truth, and a recount builds this anew from them. Not thread-safe: used in the turns of its grain.
/// </summary>
internal sealed class RunAccount(ISettings<QuotaOptions> settings)
{
    private readonly HashSet<string> _beingPut = new(StringComparer.Ordinal);
    private Dictionary<string, Entry> _runs = new(StringComparer.Ordinal);

    // Changes during a recount, which may have read before or after them. Null: the run is gone.
    private Dictionary<string, Entry?>? _changes;

    public int Active { get; private set; }

    public int Runs => _runs.Count;

    public long Bytes { get; private set; }

    /// <summary>Counts a run that begins, or denies it. A run that is counted already is not counted again.</summary>
    public ChatError? TryBegin(RunSummary run)
    {
        if (_runs.ContainsKey(run.Id))
        {
            return null;
        }

        if (FindObstacle(run) is { } full)
        {
            return full;
        }

        _beingPut.Add(run.Id);
        Set(run.Id, new(run.Bytes, IsActive: true));
        return null;
    }

    /// <summary>The run is written.</summary>
    public void OnPut(string runId) => _beingPut.Remove(runId);

    /// <summary>A run has ended. One that is not counted is gone.</summary>
    public void OnEnded(RunSummary run)
    {
        if (_runs.ContainsKey(run.Id))
        {
            Set(run.Id, new(run.Bytes, IsActive: false));
        }
    }

    /// <summary>A run is deleted.</summary>
    public void OnDeleted(string runId) => Set(runId, null);

    /// <summary>The partitions are about to be read.</summary>
    public void BeginRecount() => _changes = _beingPut.ToDictionary(id => id, id => (Entry?)_runs[id]);

    /// <summary>Takes the runs of the partitions.</summary>
    public void EndRecount(IEnumerable<RunSummary> runs)
    {
        var changes = _changes!;
        (_changes, _runs, Active, Bytes) = (null, new(StringComparer.Ordinal), 0, 0);
        foreach (var run in runs)
        {
            Set(run.Id, new(run.Bytes, !run.IsFinished));
        }

        foreach (var (id, entry) in changes)
        {
            Set(id, entry);
        }
    }

    private ChatError? FindObstacle(RunSummary run) =>
        Active >= settings.Current.ActiveRuns ? QuotaErrors.ActiveRuns(Active, settings.Current.ActiveRuns)
        : Runs >= settings.Current.Runs ? QuotaErrors.Runs(Runs, settings.Current.Runs)
        : Bytes + run.Bytes > settings.Current.RunBytes ? QuotaErrors.RunBytes(Bytes, run.Bytes, settings.Current.RunBytes)
        : null;

    private void Set(string id, Entry? entry)
    {
        if (_runs.Remove(id, out var before))
        {
            Add(before, -1);
        }

        if (entry is { } now)
        {
            _runs.Add(id, now);
            Add(now, 1);
        }

        if (_changes is not null)
        {
            _changes[id] = entry;
        }
    }

    private void Add(Entry entry, int sign)
    {
        Active += entry.IsActive ? sign : 0;
        Bytes += sign * entry.Bytes;
    }

    private readonly record struct Entry(long Bytes, bool IsActive);
}
