using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Prism.Gateway.OpenApi;

/// <summary>
/// The description of the API: the files in <c>Parts</c>, each with the paths and the schemas of a part of it, put together.
/// </summary>
/// <remarks>Source: https://spec.openapis.org/oas/v3.1.1.html</remarks>
internal static class OpenApiDocument
{
    private const string RequestId = "x-request-id";
    private const string RequestIdHeader = "#/components/headers/RequestId";

    /// <summary>The document, as JSON.</summary>
    public static byte[] Json { get; } = JsonSerializer.SerializeToUtf8Bytes(Create());

    private static JsonObject Create()
    {
        var document = new JsonObject();
        var assembly = typeof(OpenApiDocument).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("openapi/", StringComparison.Ordinal)).Order())
        {
            using var part = assembly.GetManifestResourceStream(name)!;
            Merge(document, JsonNode.Parse(part)!.AsObject(), name);
        }

        document["info"]!["version"] =
            assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        AddRequestIds(document);
        return document;
    }

    private static void Merge(JsonObject document, JsonObject part, string name)
    {
        foreach (var (key, value) in part.ToList())
        {
            part.Remove(key);
            if (document.TryAdd(key, value))
            {
                continue;
            }

            if (document[key] is not JsonObject there || value is not JsonObject more)
            {
                throw new InvalidOperationException($"{name} has another '{key}'.");
            }

            Merge(there, more, name);
        }
    }

    // It is on every answer, so no part has to say it.
    private static void AddRequestIds(JsonObject document)
    {
        var ofOperations = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject())
            .Where(operation => operation.Value is JsonObject)
            .SelectMany(operation => operation.Value!["responses"]!.AsObject());
        foreach (var (_, response) in ofOperations.Concat(document["components"]!["responses"]!.AsObject()))
        {
            if (response!["$ref"] is null)
            {
                var headers = response["headers"] ??= new JsonObject();
                headers[RequestId] = new JsonObject { ["$ref"] = RequestIdHeader };
            }
        }
    }
}
