using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;
using Prism.Grains.Chains.Index;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;

namespace Prism.Grains.Chains.Running;

/// <summary>
/// One run. It is worked on by whichever activation has its row; a call or the reminder makes one where there is none, which goes on from what
/// is written. Nothing that somebody waits for here waits for a model.
/// </summary>
[HashBasedPlacement, CollectionAgeLimit(Minutes = 3)]
internal sealed partial class ChainGrain : Grain, IChainGrain, IRunControl, IRemindable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    // Others wait for it, and it is only told early.
    private static readonly TimeSpan LongestTelling = TimeSpan.FromSeconds(1);

    private readonly RunStore _store;
    private readonly RunFactory _factory;
    private readonly ChainOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ChainGrain> _logger;
    private readonly RunFeed _feed;
    private Task _freed = Task.CompletedTask;
    private Task _following = Task.CompletedTask;
    private RunLoop? _loop;
    private bool _starting;

    public ChainGrain(
        [PersistentState(StorageNames.RunState, StorageNames.Runs)] IPersistentState<RunState> storage,
        RunFactory factory,
        IOptions<ChainOptions> options,
        TimeProvider time,
        ILogger<ChainGrain> logger)
    {
        (_factory, _options, _time, _logger) = (factory, options.Value, time, logger);
        _store = new(Id, storage, time, logger);
        _feed = new(Id);
    }

    private string Id => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _store.Load();
        if (_store is { Exists: true, Current.IsFinished: false })
        {
            await TakeOverAsync();
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_loop is not null)
        {
            await _loop.StopAsync();
            await _following;
            _loop.Dispose();
        }

        _feed.End();
        if (reason.ReasonCode == DeactivationReasonCode.ShuttingDown && _store is { Exists: true, Current.IsFinished: false })
        {
            // Waits behind this activation, and then makes one on another silo: else the run would stand still until its reminder.
            GrainFactory.GetGrain<IChainGrain>(Id).GetAsync().Ignore();
        }
    }

    public async Task<ChainStartOutcome> StartAsync(ChainStart start)
    {
        if (_store.Exists)
        {
            return _store.Current.Fingerprint == RunFactory.FingerprintOf(start)
                ? new() { Run = ViewOf() }
                : new() { Error = ChainErrors.KeyReused() };
        }

        _starting = true;
        var (run, plan, error) = await _factory.CreateAsync(start);
        if (run is null)
        {
            DeactivateOnIdle();
            return new() { Error = error };
        }

        // Both before the run, which without them would be lost with its silo, or never be deleted. Without a run, the reminder, which has the
        // shelf's name, sees to it that they go away again.
        var admission = await RegisterOf(start.Owner).AdmitAsync(RunViews.ToSummary(run, Id));
        if (admission.Shelf is not { } shelf)
        {
            DeactivateOnIdle();
            return new() { Error = admission.Error };
        }

        await this.RegisterOrUpdateReminder(shelf, _options.WakePeriod, _options.WakePeriod);

        run = run with { Shelf = shelf };
        await WorkAsync(plan!, loop => loop.BeginAsync(run));
        if (_store.Current.IsFinished)
        {
            await _freed;
        }

        return _store.Exists ? new() { Run = ViewOf() } : throw Overtaken();
    }

    public Task<ChainRun?> GetAsync() => Task.FromResult(FindView());

    public async Task<ChainRun?> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (_loop is not null)
        {
            var wait = TimeSpan.FromTicks(Math.Clamp(timeout.Ticks, 0, LongestWait.Ticks));
            try
            {
                // Until its quota is free, too: the caller's next start may follow at once.
                await _freed.WaitAsync(wait, _time, cancellationToken);
                ThrowIfOvertaken(await _loop.Ended);
            }
            catch (TimeoutException)
            {
                // As far as it is.
            }
        }

        return FindView();
    }

    public async Task<ChainRun?> CancelAsync()
    {
        if (_loop is not null && !_store.Current.IsFinished)
        {
            ThrowIfOvertaken(await _loop.CancelAsync());
            await _freed;
        }

        return FindView();
    }

    public async IAsyncEnumerable<ImmutableArray<ChainEvent>> WatchAsync(
        long afterEventId, bool deltas, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (FindView() is null)
        {
            yield break;
        }

        await foreach (var batch in _feed.WatchAsync(_store.Current, afterEventId, deltas, cancellationToken))
        {
            yield return batch;
        }
    }

    public async Task<bool> DeleteAsync()
    {
        if (_store is { Exists: true, Current.IsFinished: false })
        {
            return false;
        }

        await EndReminderAsync();
        await _store.DeleteAsync();
        DeactivateOnIdle();
        return true;
    }

    public async Task<bool?> RemoveAsync()
    {
        if (FindView() is not { } run)
        {
            return null;
        }

        if (!run.IsFinished)
        {
            return false;
        }

        // What it does at its end comes first: it would put away the reminder.
        await _following;
        if (_store.Current.Shelf is not { } shelf)
        {
            return await DeleteAsync();
        }

        // Before anything is gone: should this be cut short, it takes the run out of its owner's list.
        await this.RegisterOrUpdateReminder(shelf, _options.WakePeriod, _options.WakePeriod);
        await _store.DeleteAsync();
        await ForgetAsync(shelf);
        return true;
    }

    public async Task CheckAsync(string shelf)
    {
        if (_store is { Exists: true, Current.IsFinished: true })
        {
            await CloseAsync();
        }
        else if (FindView() is null && !_starting)
        {
            await ForgetAsync(shelf);
        }
    }

    /// <summary>Being activated for it is all that a run needs which is not over.</summary>
    public Task ReceiveReminder(string reminderName, TickStatus status) => _store switch
    {
        { Exists: false } => ForgetAsync(reminderName),
        { Current.IsFinished: true } => CloseAsync(),
        _ => Task.CompletedTask,
    };

    private async Task TakeOverAsync()
    {
        LogTakenOver(Id, _store.Current.Revision);
        var (plan, error) = await _factory.PlanAsync(_store.Current);
        if (plan is not null)
        {
            await WorkAsync(plan, loop => loop.ResumeAsync());
        }
        else if (await _store.TryWriteAsync(RunScheduler.Abandon(_store.Current, error!, _time.GetUtcNow())))
        {
            // What this version of Prism cannot plan any more.
            _ = CloseQuietlyAsync();
        }
        else
        {
            DeactivateOnIdle();
        }
    }

    private async Task WorkAsync(ChainPlan plan, Func<RunLoop, Task> begin)
    {
        var loop = _factory.CreateLoop(_store, plan, _feed);
        _loop = loop;
        // Nobody may call for as long as a model thinks: that is no reason to be collected.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        _freed = FreeAsync(loop);
        _following = FollowAsync(loop);
        await begin(loop);
    }

    // Tells the index first, which costs no write. What it could not be told it finds on the shelf.
    private async Task FreeAsync(RunLoop loop)
    {
        if (await loop.Ended)
        {
            try
            {
                await RegisterOf(_store.Current.Start!.Owner).OnEndedAsync(RunViews.ToSummary(_store.Current, Id)).WaitAsync(LongestTelling, _time);
            }
            catch (Exception exception)
            {
                LogNotClosed(Id, exception.Message);
            }
        }
    }

    private async Task FollowAsync(RunLoop loop)
    {
        await _freed;
        if (await loop.Ended)
        {
            LogEnded(Id, _store.Current.Status, _store.Writes);
            DelayDeactivation(TimeSpan.Zero);
            await CloseQuietlyAsync();
        }
        else
        {
            DeactivateOnIdle();
        }
    }

    private async Task CloseQuietlyAsync()
    {
        try
        {
            await CloseAsync();
        }
        catch (Exception exception)
        {
            // The reminder is still there, and comes back to it.
            LogNotClosed(Id, exception.Message);
        }
    }

    // In this order, so that the reminder sees to it that both happen.
    private async Task CloseAsync()
    {
        if (_store.Current.Shelf is { } shelf)
        {
            var summary = RunViews.ToSummary(_store.Current, Id);
            await GrainFactory.GetGrain<IRunPartition>(shelf).EndAsync(summary);
            // Again: it may have counted anew meanwhile, from what the shelf had then.
            await RegisterOf(_store.Current.Start!.Owner).OnEndedAsync(summary);
        }

        await EndReminderAsync();
    }

    private async Task ForgetAsync(string shelf)
    {
        await GrainFactory.GetGrain<IRunPartition>(shelf).RemoveAsync(Id);
        await EndReminderAsync();
        DeactivateOnIdle();
    }

    private async Task EndReminderAsync()
    {
        foreach (var reminder in await this.GetReminders())
        {
            await this.UnregisterReminder(reminder);
        }
    }

    private IRunIndexWriter RegisterOf(string owner) => GrainFactory.GetGrain<IRunIndexWriter>(GrainKeys.Runs(owner));

    private ChainRun ViewOf() => RunViews.ToRun(_store.Current, Id);

    private ChainRun? FindView()
    {
        if (_store.Exists)
        {
            return ViewOf();
        }

        // Ids are guessed and mistyped: nothing of that is kept.
        if (!_starting)
        {
            DeactivateOnIdle();
        }

        return null;
    }

    private static void ThrowIfOvertaken(bool ended)
    {
        if (!ended)
        {
            throw Overtaken();
        }
    }

    private static OrleansException Overtaken() => new("The run goes on in another activation: ask again.");

    [LoggerMessage(LogLevel.Information, "Run {Run} is taken over at revision {Revision}")]
    private partial void LogTakenOver(string run, long revision);

    [LoggerMessage(LogLevel.Information, "Run {Run} ended: {Status}, {Writes} writes by this activation")]
    private partial void LogEnded(string run, ChainRunStatus status, int writes);

    [LoggerMessage(LogLevel.Warning, "Run {Run} is not closed yet ({Reason:l})")]
    private partial void LogNotClosed(string run, string reason);
}
