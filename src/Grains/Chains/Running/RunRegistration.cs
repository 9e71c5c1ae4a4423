using Microsoft.Extensions.Logging;
using Prism.Grains.Chains.Index;
using Prism.Grains.Interfaces;

namespace Prism.Grains.Chains.Running;

/// <summary>
/// A run's traces outside its row: its entry in a partition of its owner's index, its place in the owner's quotas, and the reminder that wakes its
/// grain. The reminder has the partition's name and exists before and after the run: it finds everything that a crash has left behind.
/// </summary>
internal sealed partial class RunRegistration(
    IGrainBase grain, IGrainFactory grains, string runId, RunStore store, TimeSpan wakePeriod, TimeProvider time, ILogger logger)
{
    // Others wait for this report, and it only comes early: without it, the partition has the same.
    private static readonly TimeSpan ReportTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Enters a run that is not written yet. Without the entry, a run could be lost with its silo or never be deleted.</summary>
    public async Task<RunAdmission> EnterAsync(RunState run)
    {
        var admission = await IndexOf(run).AdmitAsync(RunViews.ToSummary(run, runId));
        if (admission.Shelf is { } partition)
        {
            await WakeAsync(partition);
        }

        return admission;
    }

    /// <summary>Registers the reminder.</summary>
    public Task WakeAsync(string partition) => grain.RegisterOrUpdateReminder(partition, wakePeriod, wakePeriod);

    /// <summary>Frees the quota of a run that has ended. This costs no write, and a failure is made up for by <see cref="CloseAsync"/>.</summary>
    public async Task FreeAsync()
    {
        try
        {
            await IndexOf(store.Current).OnEndedAsync(RunViews.ToSummary(store.Current, runId)).WaitAsync(ReportTimeout, time);
        }
        catch (Exception exception)
        {
            LogNotClosed(runId, exception.Message);
        }
    }

    /// <summary>Reports the end of the run and ends the reminder, in this order: the reminder repeats the report if it fails.</summary>
    public async Task CloseAsync()
    {
        if (store.Current.Shelf is { } partition)
        {
            var summary = RunViews.ToSummary(store.Current, runId);
            await grains.GetGrain<IRunPartition>(partition).EndAsync(summary);
            // Again: the index may have recounted meanwhile, from what the partition had then.
            await IndexOf(store.Current).OnEndedAsync(summary);
        }

        await EndReminderAsync();
    }

    /// <summary>The same, without a caller that an exception could reach. The reminder stays and comes back to it.</summary>
    public async Task CloseQuietlyAsync()
    {
        try
        {
            await CloseAsync();
        }
        catch (Exception exception)
        {
            LogNotClosed(runId, exception.Message);
        }
    }

    /// <summary>Removes the entry of a run that does not exist, and its reminder.</summary>
    public async Task ForgetAsync(string partition)
    {
        await grains.GetGrain<IRunPartition>(partition).RemoveAsync(runId);
        await EndReminderAsync();
    }

    /// <summary>Ends the reminder.</summary>
    public async Task EndReminderAsync()
    {
        foreach (var reminder in await grain.GetReminders())
        {
            await grain.UnregisterReminder(reminder);
        }
    }

    private IRunIndexWriter IndexOf(RunState run) => grains.GetGrain<IRunIndexWriter>(GrainKeys.Runs(run.Start!.Owner));

    [LoggerMessage(LogLevel.Warning, "Run {Run} is not closed yet ({Reason:l})")]
    private partial void LogNotClosed(string run, string reason);
}
