using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces.Chains;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Templates;

namespace Prism.Grains.Chains.Planning;

/// <summary>A compiled chain: what each step needs. Immutable.</summary>
/// <param name="Steps">In the order of the definition.</param>
/// <param name="Order">The same steps, each behind those that it needs.</param>
/// <param name="MaxParallel">The most concurrent calls.</param>
internal sealed record ChainPlan(ImmutableArray<PlannedStep> Steps, ImmutableArray<int> Order, int MaxParallel)
{
    /// <summary>The inputs that are still to come; none where it is to be run.</summary>
    public ImmutableArray<string> Open { get; init; } = [];
}

/// <summary>How planning ended: either <see cref="Plan"/> or <see cref="Error"/> is set.</summary>
internal readonly record struct PlanResult
{
    public ChainPlan? Plan { get; private init; }

    public ChatError? Error { get; private init; }

    public static implicit operator PlanResult(ChainPlan plan) => new() { Plan = plan };

    public static implicit operator PlanResult(ChatError error) => new() { Error = error };
}

/// <summary>A step of a <see cref="ChainPlan"/>.</summary>
internal sealed record PlannedStep
{
    /// <summary>Its place in the definition.</summary>
    public required int Index { get; init; }

    /// <summary>As it was given.</summary>
    public required ChainStep Step { get; init; }

    /// <summary>Its name.</summary>
    public string Name => Step.Name ?? OutputKey;

    /// <summary>The variable that its answer becomes.</summary>
    public string OutputKey => Step.OutputKey!;

    /// <summary>The prompt.</summary>
    public CompiledTemplate? Prompt { get; init; }

    /// <summary>The system message.</summary>
    public CompiledTemplate? System { get; init; }

    /// <summary>The stored template, which makes one of both.</summary>
    public PreparedTemplate? Stored { get; init; }

    public CompiledExpression? When { get; init; }

    public CompiledExpression? ForEach { get; init; }

    /// <summary>The value of <see cref="ForEach"/>, if it needs only inputs and these are known.</summary>
    public ImmutableArray<JsonElement>? Elements { get; init; }

    /// <summary>The steps whose outputs it uses, by their places.</summary>
    public ImmutableArray<int> Needs { get; init; } = [];

    /// <summary>Whether its output is the JSON of its answer, not its text.</summary>
    public bool AnswersJson { get; init; }

    /// <summary>Whether the run goes on where it fails.</summary>
    public bool Continues => Step.OnError == ChainPlanner.Continue;

    public int MaxAttempts => Step.Retry is { } retry ? retry.Attempts ?? 3 : 1;

    public TimeSpan Backoff => TimeSpan.FromSeconds(Step.Retry?.BackoffSeconds ?? 1);

    public required TimeSpan Timeout { get; init; }
}
