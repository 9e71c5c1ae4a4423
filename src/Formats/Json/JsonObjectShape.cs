using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Prism.Formats.Json;

/// <summary>The properties that an object may have.</summary>
/// <param name="ElementType">The type of the properties without a name of their own; null: the object may have none.</param>
internal sealed record JsonObjectShape(Type? ElementType)
{
    private Dictionary<string, JsonPropertyInfo> Properties { get; init; } = [];

    /// <summary>The shape of a type, from its metadata.</summary>
    public static JsonObjectShape Of(JsonTypeInfo info)
    {
        var takesAny = info.Properties.Any(property => property.IsExtensionData)
            || (info.UnmappedMemberHandling ?? info.Options.UnmappedMemberHandling) == JsonUnmappedMemberHandling.Skip;
        return new(takesAny ? typeof(JsonElement) : null)
        {
            Properties = info.Properties.Where(property => !property.IsExtensionData).ToDictionary(property => property.Name, StringComparer.Ordinal),
        };
    }

    /// <summary>The property of that name, if the type declares it.</summary>
    public JsonPropertyInfo? Find(string name) => Properties.GetValueOrDefault(name);
}
