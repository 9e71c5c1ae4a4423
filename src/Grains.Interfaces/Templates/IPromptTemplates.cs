using System.Collections.Immutable;
using System.Text.Json;
using Prism.Chat;

namespace Prism.Templates;

/// <summary>The prompt templates that callers can use by name.</summary>
public interface IPromptTemplates
{
    /// <summary>All templates, in the order of their names.</summary>
    ValueTask<ImmutableArray<PromptTemplate>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The template of this name, or null.</summary>
    ValueTask<PromptTemplate?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>Renders a template.</summary>
    /// <returns>The message it makes, or an error whose <see cref="ChatError.Param"/> is <c>template</c> or <c>variables.name</c>.</returns>
    ValueTask<RenderOutcome> RenderAsync(string name, IReadOnlyDictionary<string, JsonElement>? variables, CancellationToken cancellationToken);
}

/// <summary>A prompt template.</summary>
[GenerateSerializer, Immutable, Alias("prism.prompt-template")]
public sealed record PromptTemplate
{
    /// <summary>What it is called by.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The role of the message it makes: <see cref="ChatRoles.User"/> for a task, <see cref="ChatRoles.System"/> for a persona.</summary>
    [Id(1)] public required string Role { get; init; }

    /// <summary>What it is for, in a sentence.</summary>
    [Id(2)] public required string Description { get; init; }

    /// <summary>The variables it uses.</summary>
    [Id(3)] public ImmutableArray<TemplateVariable> Variables { get => field.IsDefault ? [] : field; init; }

    /// <summary>Its text, in Scriban's language.</summary>
    [Id(4)] public required string Source { get; init; }
}

/// <summary>A variable of a <see cref="PromptTemplate"/>.</summary>
[GenerateSerializer, Immutable, Alias("prism.template-variable")]
public sealed record TemplateVariable
{
    /// <summary>Its name.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>What belongs in it.</summary>
    [Id(1)] public required string Description { get; init; }

    /// <summary>What it is when it is not given; null: it has to be given.</summary>
    [Id(2)] public string? Default { get; init; }
}

/// <summary>How a rendering ended: either <see cref="Message"/> or <see cref="Error"/> is set.</summary>
[GenerateSerializer, Immutable, Alias("prism.render-outcome")]
public sealed record RenderOutcome
{
    /// <summary>The message that the template makes.</summary>
    [Id(0)] public ChatMessage? Message { get; init; }

    /// <summary>Why there is none.</summary>
    [Id(1)] public ChatError? Error { get; init; }
}
