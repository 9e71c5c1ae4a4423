using Prism.Grains.Interfaces.Templates;

namespace Prism.Grains.Templates;

/// <summary>A template as it is stored.</summary>
[GenerateSerializer, Immutable, Alias("prism.template-state")]
internal sealed record TemplateState
{
    /// <summary>The template; null where there is none.</summary>
    [Id(0)] public StoredTemplate? Stored { get; init; }
}
