using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Prism.Grains.Templates;

/// <summary>The built-in templates, compiled once, on their first use.</summary>
internal sealed class BuiltInCatalog(TemplateEngine engine)
{
    private readonly Lazy<FrozenDictionary<string, PreparedTemplate>> _templates = new(() =>
        BuiltInTemplates.Load().ToFrozenDictionary(template => template.Name, template => PreparedTemplate.Create(template, engine)));

    /// <summary>All of them, in no order.</summary>
    public ImmutableArray<PreparedTemplate> All => _templates.Value.Values;

    /// <summary>The template of this name, or null.</summary>
    public PreparedTemplate? Find(string name) => _templates.Value.GetValueOrDefault(name);
}
