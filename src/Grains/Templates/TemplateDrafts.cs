using System.Collections.Immutable;
using Prism.Grains.Interfaces.Catalog;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;

namespace Prism.Grains.Templates;

/// <summary>Reads templates from drafts, or returns the errors in them.</summary>
internal sealed class TemplateDrafts(TemplateEngine engine, BuiltInCatalog builtIn)
{
    private const int LongestDescription = 1_000;

    private const int LongestDefault = 16 * 1024;

    private static readonly ImmutableArray<string> Roles = [ChatRoles.User, ChatRoles.System];

    /// <summary>The template, without a version, or why it is none.</summary>
    public (PromptTemplate? Template, ChatError? Error) Read(string name, TemplateDraft draft)
    {
        if ((CheckName(name) ?? CheckParts(draft)) is { } refused)
        {
            return (null, refused);
        }

        var result = engine.Compile(draft.Source);
        if (result.Template is not { } compiled)
        {
            return (null, result.Error);
        }

        if (CheckVariables(draft.Variables, compiled.Variables) is { } wrong)
        {
            return (null, wrong);
        }

        var declared = draft.Variables.ToDictionary(variable => variable.Name);
        return (new()
        {
            Name = name,
            Role = draft.Role ?? ChatRoles.User,
            Description = draft.Description ?? "",
            Variables = [.. compiled.Variables.Select(used => declared.GetValueOrDefault(used) ?? new() { Name = used, Description = "" })],
            Source = draft.Source,
        }, null);
    }

    /// <summary>Why no template of a user's own can have this name, or null.</summary>
    public ChatError? CheckName(string name) =>
        StoredName.Check("template", name) ?? (builtIn.Find(name) is null ? null : TemplateErrors.BuiltIn(name));

    /// <summary>Whether two templates differ in nothing but their versions.</summary>
    public static bool AreSame(PromptTemplate one, PromptTemplate other) =>
        (one.Name, one.Role, one.Description, one.Source) == (other.Name, other.Role, other.Description, other.Source)
        && one.Variables.SequenceEqual(other.Variables);

    private static ChatError? CheckParts(TemplateDraft draft) => draft switch
    {
        { Source: "" } => ChatError.Invalid("A template cannot be empty.", "template", "invalid_template"),
        { Role: { } role } when !Roles.Contains(role) => ChatError.Invalid("'role' must be 'user' or 'system'.", "role"),
        { Description.Length: > LongestDescription } => TooLong("description", LongestDescription),
        _ => null,
    };

    private static ChatError? CheckVariables(ImmutableArray<TemplateVariable> declared, ImmutableArray<string> used)
    {
        var (known, seen) = (used.ToHashSet(), new HashSet<string>());
        for (var i = 0; i < declared.Length; i++)
        {
            var (variable, path) = (declared[i], $"variables[{i}]");
            var refused = variable switch
            {
                _ when !known.Contains(variable.Name) => ChatError.Invalid(
                    $"The template does not use a variable '{TemplateErrors.Shorten(variable.Name)}'.", $"{path}.name", "unknown_variable"),
                _ when !seen.Add(variable.Name) => ChatError.Invalid($"'{path}.name' appears twice.", $"{path}.name", "duplicate"),
                { Description.Length: > LongestDescription } => TooLong($"{path}.description", LongestDescription),
                { Default.Length: > LongestDefault } => TooLong($"{path}.default", LongestDefault),
                _ => null,
            };
            if (refused is not null)
            {
                return refused;
            }
        }

        return null;
    }

    private static ChatError TooLong(string field, int most) =>
        ChatError.Invalid($"'{field}' is longer than {most:N0} characters.", field, "too_long");
}
