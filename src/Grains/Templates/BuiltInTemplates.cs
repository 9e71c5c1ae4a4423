using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Prism.Grains.Interfaces.Templates;

namespace Prism.Grains.Templates;

/// <summary>
/// The built-in templates: <c>BuiltIn/catalog.json</c> lists them, <c>BuiltIn/name.sbn</c> is the text of one.
/// </summary>
internal static class BuiltInTemplates
{
    private const string ResourcePrefix = "Prism.Grains.Templates.BuiltIn.";

    /// <summary>Reads all of them, in the order of their names.</summary>
    public static ImmutableArray<PromptTemplate> Load()
    {
        using var catalog = Open("catalog.json");
        var entries = JsonSerializer.Deserialize(catalog, BuiltInTemplatesJson.Default.ImmutableArrayCatalogEntry);
        return [.. entries.OrderBy(entry => entry.Name, StringComparer.Ordinal).Select(Load)];
    }

    private static PromptTemplate Load(CatalogEntry entry)
    {
        using var reader = new StreamReader(Open(entry.Name + ".sbn"));
        return new()
        {
            Name = entry.Name,
            Role = entry.Role,
            Description = entry.Description,
            Variables = entry.Variables,
            // A text file ends with a line break, a prompt does not.
            Source = reader.ReadToEnd().TrimEnd('\n'),
        };
    }

    private static Stream Open(string file) =>
        typeof(BuiltInTemplates).Assembly.GetManifestResourceStream(ResourcePrefix + file)
        ?? throw new InvalidOperationException($"There is no resource '{file}'.");

    /// <summary>A template in the catalogue: a <see cref="PromptTemplate"/> without its text.</summary>
    internal sealed record CatalogEntry
    {
        public required string Name { get; init; }

        public required string Role { get; init; }

        public required string Description { get; init; }

        public required ImmutableArray<TemplateVariable> Variables { get; init; }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ImmutableArray<BuiltInTemplates.CatalogEntry>))]
[JsonSerializable(typeof(string))]
internal sealed partial class BuiltInTemplatesJson : JsonSerializerContext;
