using System.Text.Json.Nodes;

namespace Prism.Tests.OpenApi;

/// <summary>Says where a value is not what a schema of a document says, as far as the document uses JSON Schema.</summary>
internal sealed class SchemaCheck(JsonObject document)
{
    /// <summary>The first place, or null.</summary>
    public string? FindProblem(JsonNode? value, string schema) => Find(value, Resolve(new JsonObject { ["$ref"] = $"#/components/schemas/{schema}" }), "$");

    private string? Find(JsonNode? value, JsonObject given, string path)
    {
        var schema = Resolve(given);
        if (schema["oneOf"] is JsonArray choices)
        {
            return choices.Any(choice => Find(value, choice!.AsObject(), path) is null) ? null : $"{path} is none of what it may be";
        }

        if (FindWrongType(value, schema) is { } wrong)
        {
            return $"{path} is {wrong}";
        }

        return value switch
        {
            JsonObject properties => FindIn(properties, schema, path),
            JsonArray items when schema["items"] is JsonObject item =>
                items.Select((one, i) => Find(one, item, $"{path}[{i}]")).FirstOrDefault(problem => problem is not null),
            _ => null,
        };
    }

    private string? FindIn(JsonObject value, JsonObject schema, string path)
    {
        var properties = schema["properties"] as JsonObject ?? [];
        var missing = (schema["required"] as JsonArray ?? []).Select(name => (string)name!).FirstOrDefault(name => !value.ContainsKey(name));
        if (missing is not null)
        {
            return $"{path}.{missing} is missing";
        }

        var isClosed = schema["additionalProperties"] is JsonValue other && !(bool)other;
        return value.Select(property =>
                properties[property.Key] is JsonObject known ? Find(property.Value, known, $"{path}.{property.Key}")
                : isClosed ? $"{path}.{property.Key} is not in the document"
                : null)
            .FirstOrDefault(problem => problem is not null);
    }

    private static string? FindWrongType(JsonNode? value, JsonObject schema)
    {
        var is_ = value?.GetValueKind() switch
        {
            null => "null",
            System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => "boolean",
            System.Text.Json.JsonValueKind.Number => "number",
            var kind => kind.ToString()!.ToLowerInvariant(),
        };
        var allowed = schema["type"] switch
        {
            JsonArray several => several.Select(one => (string)one!).ToArray(),
            JsonValue one => [(string)one!],
            _ => null,
        };
        var fits = allowed is null || allowed.Contains(is_) || (is_ == "number" && allowed.Contains("integer"));
        var isAllowed = schema["enum"] is not JsonArray words || words.Any(word => JsonNode.DeepEquals(word, value));
        var isConstant = schema["const"] is not { } constant || JsonNode.DeepEquals(constant, value);
        return !fits ? is_ : !isAllowed || !isConstant ? value!.ToJsonString() : null;
    }

    private JsonObject Resolve(JsonObject schema) =>
        (string?)schema["$ref"] is { } reference
            ? reference[2..].Split('/').Aggregate((JsonNode)document, (node, key) => node[key] ?? throw new InvalidOperationException(reference)).AsObject()
            : schema;
}
