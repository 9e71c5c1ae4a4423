using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;

namespace Prism.Grains.Chains.Running;

/// <summary>
/// All that is known of a run, as it is stored: one row, which grows with the run's own size. Immutable, so that a write that fails has changed
/// nothing. Additive changes only: a rolling upgrade has both versions read it.
/// </summary>
[GenerateSerializer, Immutable, Alias("prism.run-state")]
internal sealed record RunState
{
    /// <summary>The activation that wrote it.</summary>
    [Id(0)] public string? Writer { get; init; }

    /// <summary>How often it was written.</summary>
    [Id(1)] public long Revision { get; init; }

    /// <summary>The start of the run. Null if there is no run.</summary>
    [Id(2)] public ChainStart? Start { get; init; }

    /// <summary>The stored templates that it uses, as they were at its start.</summary>
    [Id(3)] public ImmutableArray<PromptTemplate> Templates { get => field.IsDefault ? [] : field; init; }

    /// <summary>The fingerprint. A start with the same idempotency key must have the same.</summary>
    [Id(4)] public string? Fingerprint { get; init; }

    [Id(5)] public ChainRunStatus Status { get; init; }

    [Id(6)] public DateTimeOffset CreatedAt { get; init; }

    [Id(7)] public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>In the order of the definition.</summary>
    [Id(8)] public ImmutableArray<StepState> Steps { get => field.IsDefault ? [] : field; init; }

    /// <summary>The events, in order. The id of an event is its place, from 1.</summary>
    [Id(9)] public ImmutableArray<RunEvent> Events { get => field.IsDefault ? [] : field; init; }

    /// <summary>Why it failed.</summary>
    [Id(10)] public ChatError? Error { get; init; }

    /// <summary>About how many bytes of JSON it has.</summary>
    [Id(11)] public long Bytes { get; init; }

    /// <summary>The partition of its owner's index that has it.</summary>
    [Id(12)] public string? Shelf { get; init; }

    [JsonIgnore] public bool IsFinished => Status is not (ChainRunStatus.Queued or ChainRunStatus.Running);

    /// <summary>The outputs by the steps' places.</summary>
    [JsonIgnore] public ImmutableArray<JsonElement?> Outputs => [.. Steps.Select(step => step.Output)];
}

/// <summary>How far a step is.</summary>
[GenerateSerializer, Immutable, Alias("prism.step-state")]
internal sealed record StepState
{
    [Id(0)] public ChainStepStatus Status { get; init; }

    /// <summary>The id of its claim, which identifies its upstream calls.</summary>
    [Id(1)] public string? Claim { get; init; }

    [Id(2)] public int Attempts { get; init; }

    [Id(3)] public AnswerInfo? Route { get; init; }

    [Id(4)] public ChatUsage? Usage { get; init; }

    [Id(5)] public DateTimeOffset? StartedAt { get; init; }

    [Id(6)] public DateTimeOffset? FinishedAt { get; init; }

    [Id(7)] public ChatError? Error { get; init; }

    /// <summary>Null where there is none, or where it is null.</summary>
    [Id(8)] public JsonElement? Output { get; init; }

    /// <summary>With <c>for_each</c>, while it runs: the elements, null for those without an outcome.</summary>
    [Id(9)] public ImmutableArray<ElementState?> Elements { get => field.IsDefault ? [] : field; init; }

    /// <summary>With <c>for_each</c>: how many elements there are.</summary>
    [Id(10)] public int? ElementCount { get; init; }

    [JsonIgnore] public bool IsSettled => Status is not (ChainStepStatus.Pending or ChainStepStatus.Running);
}

/// <summary>The outcome of an element of a step with <c>for_each</c>.</summary>
[GenerateSerializer, Immutable, Alias("prism.element-state")]
internal sealed record ElementState
{
    [Id(0)] public JsonElement? Output { get; init; }

    [Id(1)] public ChatError? Error { get; init; }
}

/// <summary>An event, as far as it does not follow from the steps.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Step">The step's place; −1 where it is about the run.</param>
/// <param name="At">When.</param>
[GenerateSerializer, Immutable, Alias("prism.run-event")]
internal readonly record struct RunEvent([property: Id(0)] RunEventKind Kind, [property: Id(1)] int Step, [property: Id(2)] DateTimeOffset At);

/// <summary>The stored kinds of <see cref="ChainEventTypes"/>.</summary>
[GenerateSerializer, Alias("prism.run-event-kind")]
internal enum RunEventKind
{
    RunStarted = 0,
    StepStarted = 1,
    StepCompleted = 2,
    StepFailed = 3,
    StepSkipped = 4,
    RunCompleted = 5,
    RunFailed = 6,
    RunCancelled = 7,
}
