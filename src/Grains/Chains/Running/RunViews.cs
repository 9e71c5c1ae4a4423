using System.Text.Json;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Chains.Running;

/// <summary>A run's state as its contracts show it.</summary>
internal static class RunViews
{
    private static readonly JsonElement Null = JsonElement.Parse("null");

    public static ChainRun ToRun(RunState run, string id) => new()
    {
        Id = id,
        Owner = run.Start!.Owner,
        Chain = run.Start.Chain,
        ChainVersion = run.Start.ChainVersion,
        Status = run.Status,
        Inputs = run.Start.Definition.Inputs ?? [],
        Outputs = OutputsOf(run),
        Steps = [.. run.Steps.Select((step, index) => ToStep(step, run.Start.Definition.Steps[index]))],
        Usage = UsageOf(run),
        CreatedAt = run.CreatedAt,
        FinishedAt = run.FinishedAt,
        Error = run.Error,
    };

    public static RunSummary ToSummary(RunState run, string id) => new()
    {
        Id = id,
        Chain = run.Start!.Chain,
        Status = run.IsFinished ? run.Status : ChainRunStatus.Running,
        CreatedAt = run.CreatedAt,
        FinishedAt = run.FinishedAt,
        Bytes = run.Bytes,
    };

    /// <summary>The event at a place, from 0. Its payload is the step's, which does not change once it is settled.</summary>
    public static ChainEvent ToEvent(RunState run, int place, string id)
    {
        var stored = run.Events[place];
        var one = new ChainEvent { Id = place + 1, Type = TypeOf(stored.Kind), Run = id, At = stored.At };
        return stored.Step >= 0 ? OfStep(one, run.Steps[stored.Step], run.Start!.Definition.Steps[stored.Step], stored.Kind)
            : stored.Kind == RunEventKind.RunStarted ? one
            : one with
            {
                Usage = UsageOf(run),
                Error = run.Error,
                Outputs = stored.Kind == RunEventKind.RunCompleted ? OutputsOf(run) : null,
            };
    }

    /// <summary>A piece of an answer.</summary>
    public static ChainEvent ToDelta(RunState run, StepWork work, string text, string id)
    {
        var step = run.Start!.Definition.Steps[work.Step];
        return new()
        {
            Type = ChainEventTypes.StepDelta,
            Run = id,
            Step = step.Name ?? step.OutputKey,
            OutputKey = step.OutputKey,
            Delta = text,
            Element = work.Element,
        };
    }

    private static ChainEvent OfStep(ChainEvent one, StepState state, ChainStep step, RunEventKind kind)
    {
        one = one with { Step = step.Name ?? step.OutputKey, OutputKey = step.OutputKey };
        return kind is not (RunEventKind.StepCompleted or RunEventKind.StepFailed) ? one : one with
        {
            Output = kind == RunEventKind.StepCompleted ? state.Output ?? Null : null,
            Attempts = state.Attempts,
            Provider = state.Route?.Provider,
            Model = state.Route?.Model,
            Usage = state.Usage,
            Error = state.Error,
        };
    }

    private static ChainRunStep ToStep(StepState state, ChainStep step) => new()
    {
        Name = step.Name ?? step.OutputKey!,
        OutputKey = step.OutputKey!,
        Status = state.Status,
        Attempts = state.Attempts,
        Provider = state.Route?.Provider,
        Model = state.Route?.Model,
        Usage = state.Usage,
        StartedAt = state.StartedAt,
        FinishedAt = state.FinishedAt,
        Error = state.Error,
        Elements = state.ElementCount,
    };

    private static Dictionary<string, JsonElement> OutputsOf(RunState run)
    {
        var outputs = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        for (var i = 0; i < run.Steps.Length; i++)
        {
            if (run.Steps[i].Status is ChainStepStatus.Succeeded or ChainStepStatus.Failed or ChainStepStatus.Skipped)
            {
                outputs[run.Start!.Definition.Steps[i].OutputKey!] = run.Steps[i].Output ?? Null;
            }
        }

        return outputs;
    }

    private static ChatUsage UsageOf(RunState run) =>
        run.Steps.Select(step => step.Usage).Aggregate(Usages.Add) ?? ChatUsage.Of(0, 0);

    private static string TypeOf(RunEventKind kind) => kind switch
    {
        RunEventKind.RunStarted => ChainEventTypes.RunStarted,
        RunEventKind.StepStarted => ChainEventTypes.StepStarted,
        RunEventKind.StepCompleted => ChainEventTypes.StepCompleted,
        RunEventKind.StepFailed => ChainEventTypes.StepFailed,
        RunEventKind.StepSkipped => ChainEventTypes.StepSkipped,
        RunEventKind.RunCompleted => ChainEventTypes.RunCompleted,
        RunEventKind.RunFailed => ChainEventTypes.RunFailed,
        _ => ChainEventTypes.RunCancelled,
    };
}
