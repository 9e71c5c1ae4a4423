using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Prism.Tests.OpenApi;

/// <summary>The schemas of an OpenAPI document, to check bodies against.</summary>
internal sealed class DocumentSchemas(JsonNode document)
{
    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    // OpenAPI 3.1 has the schemas of JSON Schema 2020-12, under a name of its own.
    private readonly JsonNode _definitions = JsonNode.Parse(document["components"]!["schemas"]!.ToJsonString()
        .Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal))!;

    /// <summary>What is wrong with a body; empty where it is valid.</summary>
    public IReadOnlyList<string> FindProblems(JsonNode body, string schema)
    {
        var text = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            // Each schema is built anew, and the registry of the library is the process's own.
            ["$id"] = $"https://prism.test/{Guid.NewGuid():N}",
            ["$ref"] = $"#/$defs/{schema}",
            ["$defs"] = _definitions.DeepClone(),
        }.ToJsonString();
        using var instance = JsonDocument.Parse(body.ToJsonString());

        var result = JsonSchema.FromText(text).Evaluate(instance.RootElement, Options);

        return result.IsValid
            ? []
            : [.. (result.Details ?? []).SelectMany(detail => (detail.Errors ?? new Dictionary<string, string>()).Values.Select(error => $"{detail.InstanceLocation}: {error}"))];
    }
}
