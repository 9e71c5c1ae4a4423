using System.Collections.Immutable;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.Templates;

/// <summary>The prompt templates that callers can use by name: those that come with Prism, and their owner's own.</summary>
public interface IPromptTemplates
{
    /// <summary>All templates of an owner and those that come with Prism, in the order of their names.</summary>
    Task<ImmutableArray<PromptTemplate>> ListAsync(string owner, CancellationToken cancellationToken);

    /// <summary>The template of this name.</summary>
    ValueTask<FindOutcome> FindAsync(string owner, string name, CancellationToken cancellationToken);

    /// <summary>Renders a template.</summary>
    /// <returns>The message it makes, or an error whose <see cref="ChatError.Param"/> is <c>template</c> or <c>variables.name</c>.</returns>
    ValueTask<RenderOutcome> RenderAsync(
        string owner, string name, IReadOnlyDictionary<string, JsonElement>? variables, CancellationToken cancellationToken);

    /// <summary>Stores a template of the owner. After this returns, every silo renders the new version.</summary>
    Task<TemplatePut> PutAsync(string owner, string name, TemplateDraft draft);

    /// <summary>Removes a template of the owner's own.</summary>
    /// <returns>Why it cannot be removed, or null: it is gone.</returns>
    Task<ChatError?> DeleteAsync(string owner, string name);
}

/// <summary>A prompt template.</summary>
[GenerateSerializer, Immutable, Alias("prism.prompt-template")]
public sealed record PromptTemplate
{
    /// <summary>Its name.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The role of the message it makes: <see cref="ChatRoles.User"/> for a task, <see cref="ChatRoles.System"/> for a persona.</summary>
    [Id(1)] public required string Role { get; init; }

    /// <summary>Its purpose, in a sentence.</summary>
    [Id(2)] public required string Description { get; init; }

    /// <summary>The variables it uses.</summary>
    [Id(3)] public ImmutableArray<TemplateVariable> Variables { get => field.IsDefault ? [] : field; init; }

    /// <summary>Its text, in Scriban's language.</summary>
    [Id(4)] public required string Source { get; init; }

    /// <summary>How often it has been changed, from 1; null where it comes with Prism.</summary>
    [Id(5)] public int? Version { get; init; }
}

/// <summary>A variable of a <see cref="PromptTemplate"/>.</summary>
[GenerateSerializer, Immutable, Alias("prism.template-variable")]
public sealed record TemplateVariable
{
    /// <summary>Its name.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The description of its value.</summary>
    [Id(1)] public required string Description { get; init; }

    /// <summary>Its default; null if it has to be given.</summary>
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

/// <summary>The result for a name: either <see cref="Template"/> or <see cref="Error"/> is set.</summary>
[GenerateSerializer, Immutable, Alias("prism.find-outcome")]
public sealed record FindOutcome
{
    /// <summary>The template.</summary>
    [Id(0)] public PromptTemplate? Template { get; init; }

    /// <summary>Why there is none: <see cref="ChatErrorKind.NotFound"/>, or it cannot be had at the moment.</summary>
    [Id(1)] public ChatError? Error { get; init; }
}
