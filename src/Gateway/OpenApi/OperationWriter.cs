using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Prism.Gateway.Auth;
using Prism.Gateway.Browsers;
using Prism.Gateway.Health;
using Prism.Gateway.Overload;

namespace Prism.Gateway.OpenApi;

/// <summary>Completes an operation of the document from the metadata of its endpoint and from its notes.</summary>
internal static class OperationWriter
{
    /// <summary>Statuses from here on are no responses: see <see cref="AlsoDescribesAttribute"/>.</summary>
    public const int FirstUnreal = 1000;

    private static readonly Dictionary<int, string> Failures = new()
    {
        [400] = "Invalid",
        [401] = "NoKey",
        [403] = "Denied",
        [404] = "NotFound",
        [408] = "TooSlow",
        [409] = "Conflict",
        [413] = "TooLarge",
        [415] = "NotJson",
        [422] = "Unprocessable",
        [429] = "TooMany",
        [500] = "Internal",
        [502] = "UpstreamFailed",
        [503] = "Unavailable",
        [504] = "UpstreamTimeout",
    };

    /// <summary>Completes an operation.</summary>
    public static void Complete(JsonObject operation, EndpointMetadataCollection metadata, JsonObject notes)
    {
        operation["tags"] = new JsonArray(notes["tag"]!.DeepClone());
        operation["summary"] = notes["summary"]!.DeepClone();
        if (notes["description"] is { } description)
        {
            operation["description"] = description.DeepClone();
        }

        if (IsOpen(metadata))
        {
            operation["security"] = new JsonArray();
        }

        var parameters = metadata.GetOrderedMetadata<ReadsAttribute>().SelectMany(rule => rule.Parameters).Append("RequestId");
        operation["parameters"] = new JsonArray([.. parameters.Select(name => ReferTo("parameters", name))]);
        if (notes["example"] is { } example)
        {
            operation["requestBody"]!["content"]!["application/json"]!["example"] = example.DeepClone();
        }

        CompleteResponses(operation, metadata, notes["responses"]!.AsObject());
    }

    /// <summary>A reference to a component.</summary>
    public static JsonObject ReferTo(string kind, string name) => new() { ["$ref"] = $"#/components/{kind}/{name}" };

    private static void CompleteResponses(JsonObject operation, EndpointMetadataCollection metadata, JsonObject notes)
    {
        var responses = new SortedDictionary<int, JsonNode>();
        foreach (var (status, response) in operation["responses"]!.AsObject().ToList())
        {
            var code = int.Parse(status, CultureInfo.InvariantCulture);
            if (code < FirstUnreal && notes[status] is { } said)
            {
                responses[code] = Describe(response!.DeepClone().AsObject(), said);
            }
        }

        foreach (var media in metadata.GetOrderedMetadata<GivesMediaAttribute>())
        {
            var said = notes["200"]!;
            if (!responses.TryGetValue(StatusCodes.Status200OK, out var ok))
            {
                responses[StatusCodes.Status200OK] = ok = Describe([], said);
            }

            AddContent(ok.AsObject(), media, said);
        }

        var headers = metadata.GetOrderedMetadata<SendsHeadersAttribute>().SelectMany(rule => rule.Headers).ToList();
        foreach (var success in responses.Where(response => response.Key != StatusCodes.Status204NoContent).Select(response => response.Value))
        {
            if (headers.Count > 0)
            {
                success["headers"] = new JsonObject(headers.Select(name => KeyValuePair.Create(name, (JsonNode?)ReferTo("headers", name))));
            }
        }

        foreach (var status in FailuresOf(metadata))
        {
            responses.TryAdd(status, ReferTo("responses", Failures[status]));
        }

        operation["responses"] = new JsonObject(
            responses.Select(response => KeyValuePair.Create(response.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)response.Value)));
    }

    private static List<int> FailuresOf(EndpointMetadataCollection metadata)
    {
        var statuses = metadata.GetOrderedMetadata<FailsAttribute>().SelectMany(rule => rule.Statuses).ToList();
        if (!IsOpen(metadata))
        {
            statuses.AddRange([401, 403]);
        }

        if (metadata.GetMetadata<TakesAttribute>() is not null)
        {
            statuses.AddRange([400, 408, 413, 415]);
        }

        if (metadata.GetMetadata<MayBeCachedRule>() is null)
        {
            statuses.Add(500);
        }

        if (metadata.GetMetadata<WhileStartingRule>() is null)
        {
            statuses.Add(503);
        }

        return statuses;
    }

    private static JsonObject Describe(JsonObject response, JsonNode said)
    {
        response["description"] = (said as JsonObject is { } notes ? notes["description"]! : said).DeepClone();
        foreach (var (type, content) in response["content"] as JsonObject ?? [])
        {
            AddExample(content!, said, type);
        }

        return response;
    }

    private static void AddContent(JsonObject response, GivesMediaAttribute media, JsonNode said)
    {
        JsonObject schema = media switch
        {
            { Event: { } data } => ReferTo("schemas", SchemaNames.Of(data)!),
            { ContentType: "application/json" } => new() { ["type"] = "object" },
            { ContentType: "image/x-icon" } => new() { ["type"] = "string", ["format"] = "binary" },
            _ => new() { ["type"] = "string" },
        };
        var content = new JsonObject { ["schema"] = schema };
        AddExample(content, said, media.ContentType);
        var contents = response["content"] ??= new JsonObject();
        contents[media.ContentType] = content;
    }

    private static void AddExample(JsonNode content, JsonNode said, string type)
    {
        if ((said as JsonObject)?["examples"]?[type] is { } example)
        {
            content["example"] = example.DeepClone();
        }
    }

    private static bool IsOpen(EndpointMetadataCollection metadata) =>
        metadata.GetMetadata<AccessRule>() is { } rule && rule.Choose(new DefaultHttpContext()).Level == AccessLevel.Open;
}
