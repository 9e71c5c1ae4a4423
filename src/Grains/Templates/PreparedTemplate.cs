using System.Text.Json;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;

namespace Prism.Grains.Templates;

/// <summary>A template with declared variables, ready to be rendered.</summary>
internal sealed class PreparedTemplate
{
    private readonly Dictionary<string, JsonElement?> _declared;

    private PreparedTemplate(PromptTemplate template, CompiledTemplate compiled)
    {
        Template = template;
        Compiled = compiled;
        _declared = template.Variables.ToDictionary(variable => variable.Name, variable => ToJson(variable.Default));
    }

    public PromptTemplate Template { get; }

    public CompiledTemplate Compiled { get; }

    /// <exception cref="InvalidOperationException">Its source cannot be compiled. Built-in templates must be valid.</exception>
    public static PreparedTemplate Create(PromptTemplate template, TemplateEngine engine) => TryCreate(template, engine) switch
    {
        ({ } prepared, _) => prepared,
        (_, var error) => throw new InvalidOperationException($"Template '{template.Name}': {error?.Message}"),
    };

    /// <summary>The template, or why its source cannot be compiled.</summary>
    public static (PreparedTemplate? Template, ChatError? Error) TryCreate(PromptTemplate template, TemplateEngine engine)
    {
        var result = engine.Compile(template.Source);
        return result.Template is { } compiled ? (new(template, compiled), null) : (null, result.Error);
    }

    /// <summary>
    /// The values of all declared variables: the caller's, else the defaults. A null is as good as none. A variable that is not declared is
    /// rejected: it is most likely misspelt, and its default would be used unnoticed.
    /// </summary>
    public (IEnumerable<KeyValuePair<string, JsonElement>> Values, ChatError? Error) Bind(IReadOnlyDictionary<string, JsonElement> variables)
    {
        string[] unknown = [.. variables.Keys.Where(name => !_declared.ContainsKey(name)).Order(StringComparer.Ordinal)];
        if (unknown.Length > 0)
        {
            return ([], TemplateErrors.Unknown(Template, unknown));
        }

        var values = new List<KeyValuePair<string, JsonElement>>(_declared.Count);
        var missing = new List<string>();
        foreach (var (name, preset) in _declared)
        {
            if (variables.TryGetValue(name, out var given) && given.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
            {
                values.Add(new(name, given));
            }
            else if (preset is { } value)
            {
                values.Add(new(name, value));
            }
            else
            {
                missing.Add(name);
            }
        }

        return (values, missing.Count > 0 ? TemplateErrors.Missing(missing) : null);
    }

    private static JsonElement? ToJson(string? text) =>
        text is null ? null : JsonSerializer.SerializeToElement(text, BuiltInTemplatesJson.Default.String);
}
