using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Prism.Chat;

namespace Prism.Templates;

/// <summary>The built-in templates. They are compiled once, when the first is asked for, and rendered in the caller's process.</summary>
internal sealed class PromptTemplates : IPromptTemplates
{
    private readonly TemplateEngine _engine;
    private readonly Lazy<FrozenDictionary<string, PreparedTemplate>> _templates;
    private readonly ImmutableArray<PromptTemplate> _all = BuiltInTemplates.Load();

    public PromptTemplates(IOptions<TemplateOptions> options, TimeProvider time)
    {
        _engine = new(options.Value, time);
        _templates = new(() => _all.ToFrozenDictionary(template => template.Name, template => PreparedTemplate.Create(template, _engine)));
    }

    public ValueTask<ImmutableArray<PromptTemplate>> ListAsync(CancellationToken cancellationToken) => new(_all);

    public ValueTask<PromptTemplate?> FindAsync(string name, CancellationToken cancellationToken) =>
        new(_templates.Value.GetValueOrDefault(name)?.Template);

    public ValueTask<RenderOutcome> RenderAsync(
        string name, IReadOnlyDictionary<string, JsonElement>? variables, CancellationToken cancellationToken) =>
        new(Render(name, variables ?? ImmutableDictionary<string, JsonElement>.Empty, cancellationToken));

    private RenderOutcome Render(string name, IReadOnlyDictionary<string, JsonElement> variables, CancellationToken cancellationToken)
    {
        if (!_templates.Value.TryGetValue(name, out var prepared))
        {
            return new() { Error = TemplateErrors.NotFound(name) };
        }

        var (values, error) = prepared.Bind(variables);
        if (error is not null)
        {
            return new() { Error = error };
        }

        var result = _engine.Render(prepared.Compiled, values, cancellationToken);
        return result.Text is { } text
            ? new() { Message = ChatMessage.Create(prepared.Template.Role, text) }
            : new() { Error = result.Error };
    }
}
