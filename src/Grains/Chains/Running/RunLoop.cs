using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Interfaces;
using Prism.Grains.Templates;

namespace Prism.Grains.Chains.Running;

/// <summary>
/// Carries a run out: decides, writes, and only then acts. Calls run beside the turns of the grain, their outcomes are applied in them, and all
/// outcomes that arrive during a write share the next one. Not thread-safe: used in the turns of its grain.
/// </summary>
internal sealed partial class RunLoop(
    RunStore store,
    ChainPlan plan,
    RunScheduler scheduler,
    ITemplateRunner runner,
    StepCaller caller,
    RunFeed feed,
    ChainTelemetry telemetry,
    ChainOptions options,
    TimeProvider time,
    ILogger logger) : IDisposable
{
    private readonly HashSet<StepWork> _underWay = [];
    private readonly List<(StepWork Work, StepOutcome Outcome)> _outcomes = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _cancel = new();
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The decided state. It is ahead of the written one by the elements that wait for a checkpoint.
    private RunState _state = store.Current;
    private Task _pump = Task.CompletedTask;
    private bool _pumping;
    private bool _again;
    private bool _resuming;
    private bool _cancelling;
    private bool _checkpointArmed;
    private bool _checkpointDue;

    /// <summary>Ends with the run (true), or before it where this activation must not go on (false).</summary>
    public Task<bool> Ended => _ended.Task;

    /// <summary>Writes a new run with its first claims.</summary>
    public Task BeginAsync(RunState begun)
    {
        _state = begun;
        telemetry.OnActive();
        return PumpAsync();
    }

    /// <summary>Goes on with a run that another activation began.</summary>
    public Task ResumeAsync()
    {
        _resuming = true;
        telemetry.OnActive();
        return PumpAsync();
    }

    /// <summary>Ends the run.</summary>
    /// <returns>False where another activation has it.</returns>
    public Task<bool> CancelAsync()
    {
        _cancelling = true;
        _cancel.Cancel();
        _ = PumpAsync();
        return Ended;
    }

    /// <summary>The activation ends: outcomes are written, and calls in progress are abandoned.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _pump;
        if (Ended.IsCompleted)
        {
            return;
        }

        var known = ApplyOutcomes(_state);
        if (!ReferenceEquals(known, store.Current))
        {
            await store.TryWriteAsync(known);
        }

        OnOver(ended: false);
    }

    public void Dispose()
    {
        _stop.Dispose();
        _cancel.Dispose();
    }

    private Task PumpAsync()
    {
        _again = true;
        if (!_pumping)
        {
            _pumping = true;
            _pump = RunAsync();
        }

        return _pump;
    }

    private async Task RunAsync()
    {
        try
        {
            while (_again && !Ended.IsCompleted && !_stop.IsCancellationRequested)
            {
                _again = false;
                await DecideAsync();
                if (MustWrite() && !await WriteAsync())
                {
                    OnOver(ended: false);
                    return;
                }

                StartCalls();
                ArmCheckpoint();
            }
        }
        catch (Exception exception)
        {
            // A bug. The run is left to an activation that does not have its memory.
            LogFailed(exception);
            OnOver(ended: false);
        }
        finally
        {
            _pumping = false;
        }
    }

    private async Task DecideAsync()
    {
        // Advanced from the same state again once an expression is known: so the events of a round are in the plan's order.
        var settled = ApplyOutcomes(_resuming ? RunScheduler.Resume(_state) : _state);
        _state = Advance(settled);
        while (scheduler.Expressions.TakeOpen() is { IsEmpty: false } open && !_stop.IsCancellationRequested)
        {
            await EvaluateAsync(open);
            _state = Advance(settled);
        }
    }

    private RunState Advance(RunState run) => scheduler.Advance(_cancelling ? scheduler.Cancel(run) : run);

    // Beside the turns of the grain, which goes on with its calls meanwhile: their outcomes wait for the next round.
    private async Task EvaluateAsync(ImmutableArray<StepExpressions.Question> open)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _cancel.Token);
        var values = scheduler.ValuesOf(_state);
        try
        {
            scheduler.Expressions.Add(await runner.RunAsync(
                Owners.Of(_state.Start!.Owner), token => scheduler.Expressions.Evaluate(open, values, token), either.Token));
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The run is to end, or this activation does.
        }
    }

    private RunState ApplyOutcomes(RunState run)
    {
        foreach (var (work, outcome) in _outcomes)
        {
            run = scheduler.Apply(run, work, outcome);
            _underWay.Remove(work);
        }

        _outcomes.Clear();
        return run;
    }

    // Everything that others see or depend on is an event. The rest are elements of unfinished steps.
    private bool MustWrite() =>
        _resuming || _state.Events.Length != store.Current.Events.Length || (_checkpointDue && !ReferenceEquals(_state, store.Current));

    private async Task<bool> WriteAsync()
    {
        var before = store.Current;
        (_resuming, _checkpointDue) = (false, false);
        if (!await store.TryWriteAsync(_state))
        {
            return false;
        }

        _state = store.Current;
        telemetry.OnWritten(before, _state);
        feed.OnWritten(_state);
        if (_state.IsFinished)
        {
            OnOver(ended: true);
        }

        return true;
    }

    private void StartCalls()
    {
        while (!_stop.IsCancellationRequested && CallQueue.Next(_state, plan, _underWay) is { } work)
        {
            _underWay.Add(work);
            _ = CallAsync(work, _stop.Token);
        }
    }

    private async Task CallAsync(StepWork work, CancellationToken cancellationToken)
    {
        try
        {
            var (step, state) = (plan.Steps[work.Step], _state.Steps[work.Step]);
            var item = work.Element is { } element ? scheduler.Expressions.ElementsOf(step)!.Value.Value[element] : default(JsonElement?);
            var outcome = await caller.CallAsync(
                step,
                _state.Start!.Owner,
                scheduler.ValuesOf(_state),
                item,
                work.KeyOf(state.Claim!),
                piece => feed.OnPiece(work, piece),
                cancellationToken);
            if (outcome.Error is not null && cancellationToken.IsCancellationRequested)
            {
                // It failed because it was abandoned, whatever the error. The activation that takes the run over repeats it.
                return;
            }

            _outcomes.Add((work, outcome));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The run has ended, or this activation does.
            return;
        }
        catch (Exception exception)
        {
            LogCallFailed(exception);
            _outcomes.Add((work, new() { Error = ChainErrors.Internal() }));
        }

        await PumpAsync();
    }

    private void ArmCheckpoint()
    {
        if (!_checkpointArmed && !Ended.IsCompleted && !ReferenceEquals(_state, store.Current))
        {
            _checkpointArmed = true;
            _ = CheckpointLaterAsync();
        }
    }

    private async Task CheckpointLaterAsync()
    {
        await Task.Delay(options.CheckpointInterval, time, _stop.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        (_checkpointArmed, _checkpointDue) = (false, true);
        await PumpAsync();
    }

    private void OnOver(bool ended)
    {
        if (Ended.IsCompleted)
        {
            return;
        }

        telemetry.OnInactive();
        _stop.Cancel();
        _ended.SetResult(ended);
        if (!ended)
        {
            feed.End();
        }
    }

    [LoggerMessage(LogLevel.Error, "A run failed because of a bug")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Error, "The call of a step failed because of a bug")]
    private partial void LogCallFailed(Exception exception);
}
