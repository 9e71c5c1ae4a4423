using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Prism.Grains.Chains.Planning;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Chains.Running;

/// <summary>
/// Decides how a run continues: pure functions from one state, and the values of its expressions, to the next. New parts of a state may be acted upon
/// once they are written.
/// </summary>
internal sealed class RunScheduler(ChainPlan plan, StepExpressions expressions, ChainOptions options, TimeProvider time)
{
    private static readonly JsonElement EmptyList = JsonElement.Parse("[]");

    /// <summary>The evaluated expressions, and those to evaluate.</summary>
    public StepExpressions Expressions => expressions;

    /// <summary>A run that begins: nothing of it is claimed yet.</summary>
    public RunState Begin(RunState run)
    {
        var now = time.GetUtcNow();
        return run with
        {
            Status = ChainRunStatus.Queued,
            CreatedAt = now,
            Steps = [.. plan.Steps.Select(_ => new StepState())],
            Events = [new(RunEventKind.RunStarted, -1, now)],
        };
    }

    /// <summary>
    /// Settles what needs no call, claims the steps that may run now, and ends the run if none is left. If it needs an expression that is not
    /// evaluated yet, it requests that.
    /// </summary>
    public RunState Advance(RunState run)
    {
        foreach (var index in plan.Order)
        {
            if (run.IsFinished)
            {
                return run;
            }

            if (run.Steps[index] is { Status: ChainStepStatus.Running } running
                && plan.Steps[index] is { ForEach: not null } each
                && expressions.ElementsOf(each)?.Error is { } error)
            {
                // Another silo had begun it.
                run = Fail(run, each, running, error);
            }
            else if (run.Steps[index].Status == ChainStepStatus.Pending && plan.Steps[index].Needs.All(need => run.Steps[need].IsSettled))
            {
                run = Enter(run, plan.Steps[index]);
            }
        }

        return run.IsFinished || !run.Steps.All(step => step.IsSettled)
            ? run
            : End(run, ChainRunStatus.Succeeded, RunEventKind.RunCompleted, time.GetUtcNow());
    }

    /// <summary>A silo takes the run over: claimed work without an outcome is repeated, under the same claims.</summary>
    public static RunState Resume(RunState run) => run with
    {
        Steps = [.. run.Steps.Select(step => step.Status == ChainStepStatus.Running ? step with { Attempts = step.Attempts + 1 } : step)],
    };

    /// <summary>Work has its outcome. One that is known already, or is not waited for any more, changes nothing.</summary>
    public RunState Apply(RunState run, StepWork work, StepOutcome outcome)
    {
        var state = run.Steps[work.Step];
        if (run.IsFinished || state.Status != ChainStepStatus.Running || (work.Element is { } known && state.Elements[known] is not null))
        {
            return run;
        }

        var step = plan.Steps[work.Step];
        outcome = Bounded(run, outcome);
        state = state with
        {
            Attempts = work.Element is null ? state.Attempts + Math.Max(0, outcome.Attempts - 1) : Math.Max(state.Attempts, outcome.Attempts),
            Route = outcome.Route ?? state.Route,
            Usage = Usages.Add(state.Usage, outcome.Usage),
        };
        run = run with { Bytes = run.Bytes + SizeOf(outcome.Output) };
        return work.Element is { } element
            ? ApplyElement(run, step, state, element, outcome)
            : outcome.Error is { } error
                ? Fail(run, step, state, error)
                : Complete(run, step, state with { Output = outcome.Output });
    }

    /// <summary>A caller cancels the run.</summary>
    public RunState Cancel(RunState run) =>
        run.IsFinished ? run : End(run, ChainRunStatus.Cancelled, RunEventKind.RunCancelled, time.GetUtcNow());

    /// <summary>A run that cannot go on as a whole.</summary>
    public static RunState Abandon(RunState run, ChatError error, DateTimeOffset now) =>
        run.IsFinished ? run : End(run with { Error = error }, ChainRunStatus.Failed, RunEventKind.RunFailed, now);

    /// <summary>The values that templates see.</summary>
    public StepValues ValuesOf(RunState run) => new(run.Start!.Definition.Inputs, plan, run.Outputs);

    private RunState Enter(RunState run, PlannedStep step)
    {
        if (!step.Needs.IsEmpty && step.Needs.All(need => run.Steps[need].Status == ChainStepStatus.Skipped))
        {
            return Skip(run, step);
        }

        if (run.Steps.Count(one => one.Status == ChainStepStatus.Running) >= plan.MaxParallel)
        {
            return run;
        }

        if (step.When is null)
        {
            return Claim(run, step);
        }

        return expressions.ConditionOf(step) switch
        {
            null => run,
            { Error: { } error } => Fail(run, step, run.Steps[step.Index], error),
            { Value: true } => Claim(run, step),
            _ => Skip(run, step),
        };
    }

    private RunState Claim(RunState run, PlannedStep step)
    {
        var now = time.GetUtcNow();
        var state = new StepState
        {
            Status = ChainStepStatus.Running,
            Claim = Guid.NewGuid().ToString("N"),
            Attempts = 1,
            StartedAt = now,
        };
        if (step.ForEach is not null)
        {
            if (expressions.ElementsOf(step) is not { } elements)
            {
                return run;
            }

            if (elements.Error is { } error)
            {
                return Fail(run, step, run.Steps[step.Index], error);
            }

            var count = elements.Value.Length;
            state = state with { ElementCount = count, Elements = [.. new ElementState?[count]], Attempts = Math.Min(count, 1) };
        }

        run = With(run with { Status = ChainRunStatus.Running }, step, state, RunEventKind.StepStarted, now);
        return state.ElementCount == 0 ? Complete(run, step, state with { Output = EmptyList }) : run;
    }

    private RunState ApplyElement(RunState run, PlannedStep step, StepState state, int element, StepOutcome outcome)
    {
        state = state with { Elements = state.Elements.SetItem(element, new() { Output = outcome.Output, Error = outcome.Error }) };
        if (outcome.Error is { } error && !step.Continues)
        {
            return Fail(run, step, state, error);
        }

        return state.Elements.Contains(null)
            ? run with { Steps = run.Steps.SetItem(step.Index, state) }
            : Complete(run, step, state with
            {
                Output = ListOf(state.Elements),
                Error = state.Elements.FirstOrDefault(one => one!.Error is not null)?.Error is { } first ? ChainErrors.OfRun(step.Name, first) : null,
            });
    }

    private RunState Complete(RunState run, PlannedStep step, StepState state) =>
        Settle(run, step, state, ChainStepStatus.Succeeded, RunEventKind.StepCompleted);

    private RunState Skip(RunState run, PlannedStep step) =>
        Settle(run, step, run.Steps[step.Index], ChainStepStatus.Skipped, RunEventKind.StepSkipped);

    private RunState Settle(RunState run, PlannedStep step, StepState state, ChainStepStatus status, RunEventKind kind)
    {
        var now = time.GetUtcNow();
        return With(run, step, Settled(state, status, now), kind, now);
    }

    private RunState Fail(RunState run, PlannedStep step, StepState state, ChatError error)
    {
        var named = ChainErrors.OfRun(step.Name, error);
        run = Settle(run, step, state with { Error = named, Output = null }, ChainStepStatus.Failed, RunEventKind.StepFailed);
        return step.Continues ? run : Abandon(run, named, time.GetUtcNow());
    }

    private static RunState End(RunState run, ChainRunStatus status, RunEventKind kind, DateTimeOffset now) => run with
    {
        Status = status,
        FinishedAt = now,
        Steps = [.. run.Steps.Select(step => step.IsSettled ? step : Settled(step, ChainStepStatus.Cancelled, now))],
        Events = run.Events.Add(new(kind, -1, now)),
    };

    // Elements are kept only as long as they have to be put together.
    private static StepState Settled(StepState state, ChainStepStatus status, DateTimeOffset now) =>
        state with { Status = status, FinishedAt = now, Elements = [] };

    private static RunState With(RunState run, PlannedStep step, StepState state, RunEventKind kind, DateTimeOffset now) => run with
    {
        Steps = run.Steps.SetItem(step.Index, state),
        Events = run.Events.Add(new(kind, step.Index, now)),
    };

    private StepOutcome Bounded(RunState run, StepOutcome outcome) =>
        run.Bytes + SizeOf(outcome.Output) > options.MaxStateBytes
            ? outcome with { Output = null, Error = ChainErrors.OutputTooLarge(options.MaxStateBytes) }
            : outcome;

    private static long SizeOf(JsonElement? output) => output is { } value ? Encoding.UTF8.GetByteCount(value.GetRawText()) : 0;

    private static JsonElement ListOf(ImmutableArray<ElementState?> elements) =>
        JsonElement.Parse($"[{string.Join(',', elements.Select(one => one!.Output?.GetRawText() ?? "null"))}]");
}
