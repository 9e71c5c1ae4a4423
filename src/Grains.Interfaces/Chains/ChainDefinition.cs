using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prism.Grains.Interfaces.Chains;

/// <summary>
/// A few prompts in which later ones use earlier answers. Which step needs which is read from the variables that its templates and expressions
/// use; steps that do not need each other run side by side.
/// </summary>
[GenerateSerializer, Immutable, Alias("prism.chain-definition")]
public sealed record ChainDefinition
{
    /// <summary>From 1 to 64; their order does not matter.</summary>
    [Id(0)] public ImmutableArray<ChainStep> Steps { get => field.IsDefault ? [] : field; init; }

    /// <summary>The variables that no step makes, at most 1 MiB of JSON. Not to be changed after construction.</summary>
    [Id(1)] public Dictionary<string, JsonElement>? Inputs { get; init; }

    /// <summary>The most concurrent calls, from 1 to 64. Null: 4.</summary>
    [Id(2)] public int? MaxParallel { get; init; }

    /// <summary>Unknown properties, kept so that they can be rejected by name. Not to be changed after construction.</summary>
    [Id(3), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>One prompt of a <see cref="ChainDefinition"/>.</summary>
[GenerateSerializer, Immutable, Alias("prism.chain-step")]
public sealed record ChainStep
{
    /// <summary>Its name in errors and events. Null: <see cref="OutputKey"/>.</summary>
    [Id(0)] public string? Name { get; init; }

    /// <summary>The variable that its answer becomes: letters, digits and <c>_</c>.</summary>
    [Id(1)] public string? OutputKey { get; init; }

    /// <summary>The prompt, in Scriban's language.</summary>
    [Id(2)] public string? Template { get; init; }

    /// <summary>
    /// A stored template instead, whose variables are inputs and outputs of the same names. A template for a system message replaces <see
    /// cref="System"/>, and the step has a <see cref="Template"/> too.
    /// </summary>
    [Id(3)] public string? TemplateName { get; init; }

    /// <summary>The system message, a template too.</summary>
    [Id(4)] public string? System { get; init; }

    /// <summary>The provider by name. Null: as for any chat.</summary>
    [Id(5)] public string? Provider { get; init; }

    /// <summary>The model. Null: the provider's default.</summary>
    [Id(6)] public string? Model { get; init; }

    /// <summary>From 0 to 2.</summary>
    [Id(7)] public double? Temperature { get; init; }

    /// <summary>The most tokens the answer may have; at least 1.</summary>
    [Id(8)] public int? MaxTokens { get; init; }

    /// <summary>
    /// As in a chat. With the types <c>json_object</c> and <c>json_schema</c> the output is the answer's JSON, whose members can be used
    /// (<c>{{ facts.title }}</c>), and an answer that is none is a failure that is worth a retry.
    /// </summary>
    [Id(9)] public JsonElement? ResponseFormat { get; init; }

    /// <summary>A Scriban expression; where it is false or null, the step is skipped. Evaluated once, also with <see cref="ForEach"/>.</summary>
    [Id(10)] public string? When { get; init; }

    /// <summary>
    /// A Scriban expression that yields a list of at most 1,000 elements. The step runs once for each, which is <c>item</c> in its templates, and
    /// its output is the list of the answers in the same order.
    /// </summary>
    [Id(11)] public string? ForEach { get; init; }

    /// <summary>How often it is tried again. Null: not at all.</summary>
    [Id(12)] public ChainRetry? Retry { get; init; }

    /// <summary>The longest that one attempt may take, with its waits for limits; above 0, to 3,600. Null: 600.</summary>
    [Id(13)] public double? TimeoutSeconds { get; init; }

    /// <summary>
    /// <c>fail</c>: where the step fails, the run does. <c>continue</c>: its output is null then (of <see cref="ForEach"/>, the element's).
    /// Null: <c>fail</c>.
    /// </summary>
    [Id(14)] public string? OnError { get; init; }

    /// <summary>Unknown properties, kept so that they can be rejected by name. Not to be changed after construction.</summary>
    [Id(15), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }
}

/// <summary>
/// How often a <see cref="ChainStep"/> is tried, where it fails in a way that may pass. To wait for a limit or to go on after the death of a
/// silo is no try.
/// </summary>
[GenerateSerializer, Immutable, Alias("prism.chain-retry")]
public sealed record ChainRetry
{
    /// <summary>Tries in all, from 1 to 10. Null: 3.</summary>
    [Id(0)] public int? Attempts { get; init; }

    /// <summary>The pause before the second try, doubled before each further one, at most a minute; from 0 to 60. Null: 1.</summary>
    [Id(1)] public double? BackoffSeconds { get; init; }

    /// <summary>Unknown properties, kept so that they can be rejected by name. Not to be changed after construction.</summary>
    [Id(2), JsonExtensionData] public Dictionary<string, JsonElement>? Extra { get; set; }
}
