using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Prism.Gateway.OpenApi;

/// <summary>
/// Completes the schema of a record: which properties are always present, which may be null, and whether there may be others. Adds its notes.
/// </summary>
internal static class SchemaWriter
{
    /// <summary>Adds which properties are always present.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="type">The record.</param>
    /// <param name="isRead">Whether the record is only read: then every property may be null or absent, unless its notes say otherwise.</param>
    public static void Tighten(JsonObject schema, JsonTypeInfo type, bool isRead)
    {
        if (schema["enum"] is JsonArray words)
        {
            // The first property of this type may be nullable.
            words.RemoveAll(word => word is null);
            schema["type"] ??= "string";
        }

        if (schema["properties"] is not JsonObject properties)
        {
            return;
        }

        schema["additionalProperties"] = type.Properties.Any(property => property.IsExtensionData);
        if (isRead)
        {
            schema.Remove("required");
            return;
        }

        var required = new JsonArray();
        foreach (var property in type.Properties.Where(property => properties.ContainsKey(property.Name)))
        {
            var isNull = property.IsGetNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null;
            if (!isNull || IsWrittenAsNull(property))
            {
                required.Add(property.Name);
            }

            if (!isNull || !IsWrittenAsNull(property))
            {
                properties[property.Name] = WithoutNull(properties[property.Name]!.AsObject());
            }
        }

        schema["required"] = required;
    }

    /// <summary>Adds notes: keywords of the schema, and of its properties either a description or keywords.</summary>
    public static void Annotate(JsonObject schema, JsonObject notes)
    {
        foreach (var (key, value) in notes)
        {
            if (key != "properties")
            {
                schema[key] = value!.DeepClone();
            }
        }

        var properties = (schema["properties"] ??= new JsonObject()).AsObject();
        foreach (var (name, note) in notes["properties"] as JsonObject ?? [])
        {
            // Notes with a type are the whole schema of a record that a converter writes.
            if (!properties.ContainsKey(name) && !notes.ContainsKey("type"))
            {
                throw new InvalidOperationException($"The notes describe '{name}', which is no property of a record.");
            }

            var keywords = note as JsonObject ?? new JsonObject { ["description"] = note!.DeepClone() };
            var property = (properties[name] ??= new JsonObject()).AsObject();
            if (keywords.ContainsKey("oneOf"))
            {
                // A converter writes it, and the generator does not know its JSON.
                property.Clear();
            }

            foreach (var (key, value) in keywords)
            {
                property[key] = value!.DeepClone();
            }
        }
    }

    // Otherwise the property is absent.
    private static bool IsWrittenAsNull(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true) is [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.Never }];

    private static JsonObject WithoutNull(JsonObject schema)
    {
        if (schema["type"] is JsonArray types)
        {
            schema["type"] = types.First(type => (string?)type != "null")!.DeepClone();
        }

        return schema["oneOf"] is JsonArray choices && choices.FirstOrDefault(choice => choice!["$ref"] is not null) is { } reference
            ? reference.DeepClone().AsObject()
            : schema;
    }
}
