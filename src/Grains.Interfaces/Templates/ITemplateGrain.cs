using System.Collections.Immutable;
using Orleans.Concurrency;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.Templates;

/// <summary>A template of a user's own. Its key is <see cref="GrainKeys.Template"/>, whether there is one of this name or not.</summary>
[Alias("prism.ITemplateGrain")]
[GrainInterfaceType("prism.ITemplateGrain")]
public interface ITemplateGrain : IGrainWithStringKey
{
    /// <summary>
    /// Stores the template, as a new version if it differs from the stored one. Responds once no silo renders the version before: at once if all
    /// silos can be notified, else within <see cref="TemplateLease.Life"/>.
    /// </summary>
    [Alias("put")]
    Task<TemplatePut> PutAsync(TemplateDraft draft);

    /// <summary>Removes the template, with the same promise as <see cref="PutAsync"/>.</summary>
    /// <returns>False: there was none.</returns>
    [Alias("delete")]
    Task<bool> DeleteAsync();

    /// <summary>The template, for readers that keep it no longer than <see cref="TemplateLease.Life"/> after the call.</summary>
    /// <param name="known">The <see cref="StoredTemplate.Revision"/> that the asker has, or null.</param>
    [AlwaysInterleave, Alias("read")]
    Task<TemplateReading> ReadAsync(string? known);
}

/// <summary>How long a copy of a template may be used.</summary>
public static class TemplateLease
{
    /// <summary>Shorter than the timeout of a grain call: a change waits this long for a silo that cannot be notified.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(8);
}

/// <summary>A template to store.</summary>
[GenerateSerializer, Immutable, Alias("prism.template-draft")]
public sealed record TemplateDraft
{
    /// <summary>Its text, in Scriban's language.</summary>
    [Id(0)] public required string Source { get; init; }

    /// <summary>As <see cref="PromptTemplate.Role"/>. Null: <c>user</c>.</summary>
    [Id(1)] public string? Role { get; init; }

    /// <summary>Its purpose.</summary>
    [Id(2)] public string? Description { get; init; }

    /// <summary>Descriptions of variables that the text uses. Variables without one have to be given.</summary>
    [Id(3)] public ImmutableArray<TemplateVariable> Variables { get => field.IsDefault ? [] : field; init; }

    /// <summary>The version that this is a change of: any other must not be overwritten. Null: whatever there is may be.</summary>
    [Id(4)] public int? BasedOn { get; init; }
}

/// <summary>A stored version of a template.</summary>
[GenerateSerializer, Immutable, Alias("prism.stored-template")]
public sealed record StoredTemplate
{
    /// <summary>The template, with its version.</summary>
    [Id(0)] public required PromptTemplate Template { get; init; }

    /// <summary>No other version has the same, not even one of a template of this name that was deleted since.</summary>
    [Id(1)] public required string Revision { get; init; }
}

/// <summary>The stored state of a name.</summary>
[GenerateSerializer, Immutable, Alias("prism.template-reading")]
public sealed record TemplateReading
{
    /// <summary>Whether the caller knows it already. Then it is not repeated.</summary>
    [Id(0)] public bool IsKnown { get; init; }

    /// <summary>The template; null where there is none.</summary>
    [Id(1)] public StoredTemplate? Stored { get; init; }
}

/// <summary>How storing a template ended: either <see cref="Template"/> or <see cref="Error"/> is set.</summary>
[GenerateSerializer, Immutable, Alias("prism.template-put")]
public sealed record TemplatePut
{
    /// <summary>The template as it is stored.</summary>
    [Id(0)] public PromptTemplate? Template { get; init; }

    /// <summary>Whether there was none of this name before.</summary>
    [Id(1)] public bool IsNew { get; init; }

    /// <summary>Why it is not stored.</summary>
    [Id(2)] public ChatError? Error { get; init; }
}
