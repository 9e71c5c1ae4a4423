using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.OpenApi;
using Prism.Formats.OpenAi.Chat;
using Prism.Formats.Prism.Chains;
using Prism.Gateway.Health;
using Prism.Gateway.Overload;
using Prism.Gateway.RequestIds;

namespace Prism.Gateway.OpenApi;

/// <summary>Writes the document: generates it from the endpoints, completes it, and adds the notes.</summary>
/// <remarks>Source: https://spec.openapis.org/oas/v3.1.1.html</remarks>
internal sealed class DocumentWriter(DescribedEndpoints endpoints, IHostEnvironment environment)
{
    private const string Name = "v1";

    private readonly Dictionary<string, JsonTypeInfo> _types = [];

    public async Task<byte[]> WriteAsync()
    {
        var document = await GenerateAsync();
        var notes = ReadNotes("document");
        AddFailures(notes["components"]!["responses"]!.AsObject());
        CompleteOperations(document);
        CompleteSchemas(document["components"]!["schemas"]!.AsObject());
        Merge(document, notes);
        document["info"]!["version"] = HealthEndpoint.Version;
        AddRequestIds(document);
        return JsonSerializer.SerializeToUtf8Bytes(document);
    }

    private async Task<JsonObject> GenerateAsync()
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddRouting()
            .AddSingleton<EndpointDataSource>(endpoints)
            .AddSingleton(environment)
            .Configure<JsonOptions>(json => UseOwnJson(json.SerializerOptions))
            .AddOpenApi(Name, Configure)
            .BuildServiceProvider();
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync();
        return JsonNode.Parse(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1))!.AsObject();
    }

    private static void UseOwnJson(JsonSerializerOptions options)
    {
        options.TypeInfoResolver = JsonTypeInfoResolver.Combine(GatewayJson.Api, ChainJson.Lenient, ChatJson.Resolver);
        ChatJson.AddConverters(options);
        ChainJson.AddConverters(options);
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
    }

    private void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = static operation => operation.HttpMethod != HttpMethods.Head;
        options.CreateSchemaReferenceId = type =>
        {
            var name = SchemaNames.Of(type);
            if (name is not null)
            {
                _types[name] = type;
            }

            return name;
        };
    }

    private void CompleteOperations(JsonObject document)
    {
        var notes = ReadNotes("operations");
        var metadata = endpoints.Endpoints.ToDictionary(DescribedEndpoints.NameOf, endpoint => endpoint.Metadata);
        foreach (var operation in OperationsOf(document))
        {
            var id = (string)operation["operationId"]!;
            OperationWriter.Complete(operation, metadata[id], notes[id]!.AsObject());
            if (metadata[id].GetMetadata<TakesAttribute>() is { PatchName: { } patch })
            {
                operation["requestBody"]!["content"]!["application/json"]!["schema"] = OperationWriter.ReferTo("schemas", patch);
            }
        }
    }

    private void CompleteSchemas(JsonObject schemas)
    {
        var written = endpoints.Endpoints
            .SelectMany(endpoint => endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>())
            .Where(response => response.StatusCode < OperationWriter.FirstUnreal)
            .Select(response => response.Type)
            .ToHashSet();
        foreach (var (name, type) in _types)
        {
            if (schemas[name] is JsonObject schema)
            {
                var rejectsOthers = type.UnmappedMemberHandling == JsonUnmappedMemberHandling.Disallow;
                SchemaWriter.Tighten(schema, type, isRead: rejectsOthers && !written.Contains(type.Type));
            }
        }

        foreach (var (name, notes) in ReadNotes("schemas"))
        {
            SchemaWriter.Annotate((schemas[name] ??= new JsonObject()).AsObject(), notes!.AsObject());
        }

        foreach (var patch in endpoints.Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<TakesAttribute>()).Where(body => body?.PatchName is not null))
        {
            var copy = schemas[SchemaNames.Of(patch!.RequestType!)!]!.DeepClone().AsObject();
            copy.Remove("required");
            schemas[patch.PatchName!] = copy;
        }
    }

    // A note is a description, or has headers too. The body is the same for all.
    private static void AddFailures(JsonObject responses)
    {
        foreach (var (name, note) in responses.ToList())
        {
            var response = note as JsonObject ?? new JsonObject { ["description"] = note!.DeepClone() };
            if (response["headers"] is JsonArray headers)
            {
                response["headers"] = new JsonObject(
                    headers.Select(header => KeyValuePair.Create((string)header!, (JsonNode?)OperationWriter.ReferTo("headers", (string)header!))));
            }

            response["content"] = new JsonObject
            {
                ["application/json"] = new JsonObject { ["schema"] = OperationWriter.ReferTo("schemas", "Error") },
            };
            responses[name] = response;
        }
    }

    // Every response has this header.
    private static void AddRequestIds(JsonObject document)
    {
        var ofOperations = OperationsOf(document).SelectMany(operation => operation["responses"]!.AsObject());
        foreach (var (_, response) in ofOperations.Concat(document["components"]!["responses"]!.AsObject()))
        {
            if (response!["$ref"] is null)
            {
                var headers = response["headers"] ??= new JsonObject();
                headers[RequestIdMiddleware.Header] = OperationWriter.ReferTo("headers", RequestIdMiddleware.Header);
            }
        }
    }

    private static IEnumerable<JsonObject> OperationsOf(JsonObject document) =>
        document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(operation => operation.Value!.AsObject());

    private static void Merge(JsonObject target, JsonObject notes)
    {
        foreach (var (key, value) in notes)
        {
            if (target[key] is JsonObject there && value is JsonObject more)
            {
                Merge(there, more);
            }
            else
            {
                target[key] = value!.DeepClone();
            }
        }
    }

    private static JsonObject ReadNotes(string name)
    {
        using var file = typeof(DocumentWriter).Assembly.GetManifestResourceStream($"openapi/{name}")!;
        return JsonNode.Parse(file)!.AsObject();
    }
}
