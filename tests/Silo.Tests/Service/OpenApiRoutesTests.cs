using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;

namespace Prism.Tests.Service;

public sealed class OpenApiRoutesTests
{
    /// <remarks>A route that is missing in the document gets a name where it is mapped, and notes in <c>src/Gateway/OpenApi/Notes</c>.</remarks>
    [Fact]
    public async Task The_document_has_every_route_and_no_other()
    {
        await using var prism = await PrismService.StartAsync(("LLM_DASHBOARD_ENABLED", "true"));

        var document = JsonNode.Parse(await prism.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)))!;

        var described = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Where(operation => operation.Value is JsonObject).Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}"));
        Assert.Equal(prism.Routes.SelectMany(NamesOf).Distinct().Order(), described.Order());
    }

    private static IEnumerable<string> NamesOf(RouteEndpoint endpoint)
    {
        var path = "/" + endpoint.RoutePattern.RawText!.Trim('/').Replace("{**", "{", StringComparison.Ordinal);
        // A page of its own, with files and an API that are nobody else's.
        var isDashboard = path == "/dashboard" || path.StartsWith("/dashboard/", StringComparison.Ordinal);
        return isDashboard
            ? ["GET /dashboard"]
            : (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Where(method => method != "HEAD").Select(method => $"{method} {path}");
    }
}
