using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.Chains;

/// <summary>A run of a chain, as it was last written.</summary>
[GenerateSerializer, Immutable, Alias("prism.chain-run")]
public sealed record ChainRun
{
    /// <summary>Its id, <c>run_…</c>.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The stored chain that it runs; null where its steps came with it.</summary>
    [Id(1), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? Chain { get; init; }

    /// <summary>The version of <see cref="Chain"/> at its start.</summary>
    [Id(2)] public int? ChainVersion { get; init; }

    /// <summary>How far it is.</summary>
    [Id(3)] public required ChainRunStatus Status { get; init; }

    /// <summary>The inputs of the run.</summary>
    [Id(4)] public required IReadOnlyDictionary<string, JsonElement> Inputs { get; init; }

    /// <summary>The outputs of the steps that are settled, by their output keys; null where one was skipped or failed.</summary>
    [Id(5)] public required IReadOnlyDictionary<string, JsonElement> Outputs { get; init; }

    /// <summary>The steps in the order of the definition.</summary>
    [Id(6)] public ImmutableArray<ChainRunStep> Steps { get => field.IsDefault ? [] : field; init; }

    /// <summary>The usage of all steps together.</summary>
    [Id(7)] public required ChatUsage Usage { get; init; }

    /// <summary>When it was started.</summary>
    [Id(8)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ended; null where it has not.</summary>
    [Id(9), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why it failed; names the step.</summary>
    [Id(10), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public ChatError? Error { get; init; }

    /// <summary>The owner, as in <see cref="ChainStart.Owner"/>. Not part of the JSON.</summary>
    [Id(11), JsonIgnore] public string Owner { get; init; } = "";

    /// <summary>Whether nothing will change any more.</summary>
    [JsonIgnore] public bool IsFinished => Status is not (ChainRunStatus.Queued or ChainRunStatus.Running);
}

/// <summary>A step of a <see cref="ChainRun"/>.</summary>
[GenerateSerializer, Immutable, Alias("prism.chain-run-step")]
public sealed record ChainRunStep
{
    /// <summary>Its name.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The variable that its answer becomes.</summary>
    [Id(1)] public required string OutputKey { get; init; }

    /// <summary>How far it is.</summary>
    [Id(2)] public required ChainStepStatus Status { get; init; }

    /// <summary>How often it was tried; of a step with <c>for_each</c>, the most that an element was.</summary>
    [Id(3)] public int Attempts { get; init; }

    /// <summary>The provider that answered.</summary>
    [Id(4), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? Provider { get; init; }

    /// <summary>The requested model.</summary>
    [Id(5), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public string? Model { get; init; }

    /// <summary>The usage of its calls, including failed ones as far as it is known.</summary>
    [Id(6), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public ChatUsage? Usage { get; init; }

    /// <summary>When it was first claimed.</summary>
    [Id(7), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its outcome was known.</summary>
    [Id(8), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why it failed; of a step with <c>for_each</c> that went on, why its first element did that failed.</summary>
    [Id(9), JsonIgnore(Condition = JsonIgnoreCondition.Never)] public ChatError? Error { get; init; }

    /// <summary>Of a step with <c>for_each</c>: how many elements it has.</summary>
    [Id(10)] public int? Elements { get; init; }
}

/// <summary>How far a <see cref="ChainRun"/> is.</summary>
[GenerateSerializer, Alias("prism.chain-run-status")]
public enum ChainRunStatus
{
    /// <summary>Accepted, and no step is claimed yet.</summary>
    Queued = 0,

    /// <summary>Steps are in progress.</summary>
    Running = 1,

    /// <summary>All steps are settled.</summary>
    Succeeded = 2,

    /// <summary>A step failed that must not.</summary>
    Failed = 3,

    /// <summary>A caller has cancelled it.</summary>
    Cancelled = 4,
}

/// <summary>How far a step of a run is.</summary>
[GenerateSerializer, Alias("prism.chain-step-status")]
public enum ChainStepStatus
{
    /// <summary>It waits for others.</summary>
    Pending = 0,

    /// <summary>It is claimed: a silo calls, or is about to.</summary>
    Running = 1,

    /// <summary>It has its output.</summary>
    Succeeded = 2,

    /// <summary>It has failed for good.</summary>
    Failed = 3,

    /// <summary>Its <c>when</c> was false, or all that it needs was skipped.</summary>
    Skipped = 4,

    /// <summary>The run ended before it could.</summary>
    Cancelled = 5,
}
