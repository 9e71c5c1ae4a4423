using System.Globalization;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Chains.Running;

/// <summary>One call that is to be made, with its retries: a step, or an element of one with <c>for_each</c>.</summary>
/// <param name="Step">The step's place.</param>
/// <param name="Element">The element, from 0; null for a step without.</param>
internal readonly record struct StepWork(int Step, int? Element)
{
    /// <summary>Its upstream id: the same for each attempt, so a provider that supports it makes the call once.</summary>
    public string KeyOf(string claim) =>
        Element is { } element ? string.Create(CultureInfo.InvariantCulture, $"{claim}.{element}") : claim;
}

/// <summary>How a <see cref="StepWork"/> ended: with <see cref="Error"/>, or with <see cref="Output"/>.</summary>
internal sealed record StepOutcome
{
    public JsonElement? Output { get; init; }

    public ChatError? Error { get; init; }

    /// <summary>How often it was tried, from 1; 0 where it did not come to a call.</summary>
    public int Attempts { get; init; }

    public AnswerInfo? Route { get; init; }

    /// <summary>The usage of all its calls, as far as it is known.</summary>
    public ChatUsage? Usage { get; init; }
}
