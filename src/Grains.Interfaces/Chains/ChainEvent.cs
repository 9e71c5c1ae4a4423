using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.Chains;

/// <summary>Something that has happened in a run. All but <see cref="ChainEventTypes.StepDelta"/> are stored with it and can be read again.</summary>
[GenerateSerializer, Immutable, Alias("prism.chain-event")]
public sealed record ChainEvent
{
    /// <summary>Its place in the run's sequence, from 1, without gaps. Null for <see cref="ChainEventTypes.StepDelta"/>. Not part of the JSON.</summary>
    [Id(0), JsonIgnore] public long? Id { get; init; }

    /// <summary>One of <see cref="ChainEventTypes"/>. Not part of the JSON: it is the SSE event's name.</summary>
    [Id(1), JsonIgnore] public string Type { get; init; } = "";

    /// <summary>The run.</summary>
    [Id(2)] public required string Run { get; init; }

    /// <summary>When it happened; null for <see cref="ChainEventTypes.StepDelta"/>.</summary>
    [Id(3)] public DateTimeOffset? At { get; init; }

    /// <summary>The step's name, where it is about one.</summary>
    [Id(4)] public string? Step { get; init; }

    /// <summary>The step's output key, where it is about one.</summary>
    [Id(5)] public string? OutputKey { get; init; }

    /// <summary>Of <see cref="ChainEventTypes.StepCompleted"/>: its output.</summary>
    [Id(6)] public JsonElement? Output { get; init; }

    /// <summary>How often the step was tried.</summary>
    [Id(7)] public int? Attempts { get; init; }

    /// <summary>The provider that answered.</summary>
    [Id(8)] public string? Provider { get; init; }

    /// <summary>The requested model.</summary>
    [Id(9)] public string? Model { get; init; }

    /// <summary>The usage of the step, or of the run at its end.</summary>
    [Id(10)] public ChatUsage? Usage { get; init; }

    /// <summary>Why the step or the run failed.</summary>
    [Id(11)] public ChatError? Error { get; init; }

    /// <summary>Of <see cref="ChainEventTypes.StepDelta"/>: a piece of the answer.</summary>
    [Id(12)] public string? Delta { get; init; }

    /// <summary>Of <see cref="ChainEventTypes.StepDelta"/> of a step with <c>for_each</c>: the element, from 0.</summary>
    [Id(13)] public int? Element { get; init; }

    /// <summary>Of <see cref="ChainEventTypes.RunCompleted"/>: all outputs.</summary>
    [Id(14)] public IReadOnlyDictionary<string, JsonElement>? Outputs { get; init; }

    /// <summary>Whether it is the last of its run.</summary>
    [JsonIgnore] public bool IsLast => ChainEventTypes.Last.Contains(Type);
}

/// <summary>The types of <see cref="ChainEvent"/>.</summary>
public static class ChainEventTypes
{
    /// <summary>The run is accepted; always the first.</summary>
    public const string RunStarted = "run.started";

    /// <summary>A step is claimed; once a step.</summary>
    public const string StepStarted = "step.started";

    /// <summary>A piece of a step's answer. Only live, never stored. After a try in vain, the next one begins anew.</summary>
    public const string StepDelta = "step.delta";

    /// <summary>A step has its output.</summary>
    public const string StepCompleted = "step.completed";

    /// <summary>A step has failed for good; the run goes on where it may.</summary>
    public const string StepFailed = "step.failed";

    /// <summary>A step is not run.</summary>
    public const string StepSkipped = "step.skipped";

    /// <summary>The end: all steps are settled.</summary>
    public const string RunCompleted = "run.completed";

    /// <summary>The end: a step failed that must not.</summary>
    public const string RunFailed = "run.failed";

    /// <summary>The end: a caller has cancelled the run.</summary>
    public const string RunCancelled = "run.cancelled";

    /// <summary>Those with which a run ends.</summary>
    public static readonly ImmutableArray<string> Last = [RunCompleted, RunFailed, RunCancelled];
}
