using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Interfaces;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Settings;

namespace Prism.Grains.Chains.Running;

/// <summary>
/// One run. The activation that has its row works on it. A call or the reminder creates an activation if there is none, and it continues from the
/// written state. No call to this grain waits for a model.
/// </summary>
[HashBasedPlacement, CollectionAgeLimit(Minutes = 3)]
internal sealed partial class ChainGrain : Grain, IChainGrain, IRunControl, IRemindable
{
    private readonly RunStore _store;
    private readonly RunFactory _factory;
    private readonly RunRegistration _registration;
    private readonly TimeProvider _time;
    private readonly ILogger<ChainGrain> _logger;
    private readonly RunFeed _feed;
    private Task _following = Task.CompletedTask;
    private RunWork? _work;
    private bool _starting;

    public ChainGrain(
        [PersistentState(StorageNames.RunState, StorageNames.Runs)] IPersistentState<RunState> storage,
        RunFactory factory,
        ISettings<ChainOptions> settings,
        TimeProvider time,
        ILogger<ChainGrain> logger)
    {
        (_factory, _time, _logger) = (factory, time, logger);
        _store = new(Id, storage, time, logger);
        _registration = new(this, GrainFactory, Id, _store, settings.Current.WakePeriod, time, logger);
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
        if (_work is not null)
        {
            await _work.StopAsync();
            await _following;
            _work.Dispose();
        }

        _feed.End();
        if (reason.ReasonCode == DeactivationReasonCode.ShuttingDown && _store is { Exists: true, Current.IsFinished: false })
        {
            // This call waits for the end of this activation and then creates one on another silo. Otherwise the run would wait for its reminder.
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

        var admission = await _registration.EnterAsync(run);
        if (admission.Shelf is not { } partition)
        {
            DeactivateOnIdle();
            return new() { Error = admission.Error };
        }

        run = run with { Shelf = partition };
        await WorkAsync(plan!, loop => loop.BeginAsync(run));
        if (_store.Current.IsFinished)
        {
            await _work!.Freed;
        }

        return _store.Exists ? new() { Run = ViewOf() } : throw RunWork.Overtaken();
    }

    public Task<ChainRun?> GetAsync() => Task.FromResult(FindView());

    public async Task<ChainRun?> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (_work is not null)
        {
            await _work.WaitAsync(timeout, cancellationToken);
        }

        return FindView();
    }

    public async Task<ChainRun?> CancelAsync()
    {
        if (_work is not null && !_store.Current.IsFinished)
        {
            await _work.CancelAsync();
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

        await _registration.EndReminderAsync();
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

        // The end of the run comes first: it would end the reminder.
        await _following;
        if (_store.Current.Shelf is not { } partition)
        {
            return await DeleteAsync();
        }

        // Before anything is gone: if this breaks off, the reminder removes the run from its owner's list.
        await _registration.WakeAsync(partition);
        await _store.DeleteAsync();
        await ForgetAsync(partition);
        return true;
    }

    public async Task CheckAsync(string shelf)
    {
        if (_store is { Exists: true, Current.IsFinished: true })
        {
            await _registration.CloseAsync();
        }
        else if (FindView() is null && !_starting)
        {
            await ForgetAsync(shelf);
        }
    }

    /// <summary>A run that has not ended needs nothing but the activation.</summary>
    public Task ReceiveReminder(string reminderName, TickStatus status) => _store switch
    {
        { Exists: false } => ForgetAsync(reminderName),
        { Current.IsFinished: true } => _registration.CloseAsync(),
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
            // This version of Prism cannot plan the run.
            _ = _registration.CloseQuietlyAsync();
        }
        else
        {
            DeactivateOnIdle();
        }
    }

    private async Task WorkAsync(ChainPlan plan, Func<RunLoop, Task> begin)
    {
        // While a model thinks there may be no call for a long time. That must not deactivate the grain.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        var loop = _factory.CreateLoop(_store, plan, _feed);
        _work = RunWork.Of(loop, _registration, _time);
        _following = FollowAsync(_work);
        await begin(loop);
    }

    private async Task FollowAsync(RunWork work)
    {
        await work.Freed;
        if (await work.Ended)
        {
            LogEnded(Id, _store.Current.Status, _store.Writes);
            DelayDeactivation(TimeSpan.Zero);
            await _registration.CloseQuietlyAsync();
        }
        else
        {
            DeactivateOnIdle();
        }
    }

    private async Task ForgetAsync(string partition)
    {
        await _registration.ForgetAsync(partition);
        DeactivateOnIdle();
    }

    private ChainRun ViewOf() => RunViews.ToRun(_store.Current, Id);

    private ChainRun? FindView()
    {
        if (_store.Exists)
        {
            return ViewOf();
        }

        // Callers guess and mistype ids. No activation stays for those.
        if (!_starting)
        {
            DeactivateOnIdle();
        }

        return null;
    }

    [LoggerMessage(LogLevel.Information, "Run {Run} continues in this activation from revision {Revision}")]
    private partial void LogTakenOver(string run, long revision);

    [LoggerMessage(LogLevel.Information, "Run {Run} ended: {Status}, {Writes} writes by this activation")]
    private partial void LogEnded(string run, ChainRunStatus status, int writes);
}
