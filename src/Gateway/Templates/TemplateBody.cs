using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;

namespace Prism.Gateway.Templates;

/// <summary>
/// The body of <c>PUT /v1/templates/{name}</c>: the response of <c>GET</c>, of which only the text is required. The text may also be called
/// <c>template</c>, as in the steps of chains.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record TemplateBody
{
    public string? Name { get; init; }

    public string? Source { get; init; }

    public string? Template { get; init; }

    public string? Role { get; init; }

    public string? Description { get; init; }

    public ImmutableArray<TemplateBodyVariable>? Variables { get; init; }

    public int? Version { get; init; }

    /// <summary>The template to store by a name, or the error in the body.</summary>
    public (TemplateDraft? Draft, ChatError? Error) ToDraft(string name)
    {
        if (Check(name) is { } error)
        {
            return (null, error);
        }

        return (new()
        {
            Source = (Template ?? Source)!,
            Role = Role,
            Description = Description,
            Variables = [.. Variables.GetValueOrDefault([]).Select(variable => new TemplateVariable
            {
                Name = variable.Name!,
                Description = variable.Description ?? "",
                Default = variable.Default,
            })],
            BasedOn = Version,
        }, null);
    }

    private ChatError? Check(string name)
    {
        if (Name is not null && Name != name)
        {
            return ChatError.Invalid($"'name' must be that of the path, '{name}', or left out.", "name");
        }

        if ((Source is null) == (Template is null))
        {
            return Source is null
                ? ChatError.Invalid("'template' is missing: the text of the template.", "template")
                : ChatError.Invalid("'source' and 'template' are the same: give one of them.", "source");
        }

        var variables = Variables.GetValueOrDefault([]);
        for (var i = 0; i < variables.Length; i++)
        {
            if (variables[i]?.Name is null)
            {
                return ChatError.Invalid($"'variables[{i}].name' is missing.", $"variables[{i}].name");
            }
        }

        return null;
    }
}

/// <summary>The description of a variable.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record TemplateBodyVariable(string? Name, string? Description, string? Default);
