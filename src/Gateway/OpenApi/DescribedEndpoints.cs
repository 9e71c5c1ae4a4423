using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace Prism.Gateway.OpenApi;

/// <summary>The endpoints with an operation id, as the document's generator gets them: with their rules only.</summary>
internal sealed class DescribedEndpoints(EndpointDataSource all) : EndpointDataSource
{
    private static readonly MethodInfo NoHandler = typeof(DescribedEndpoints).GetMethod(nameof(Handle), BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <summary>Copies of the endpoints.</summary>
    public override IReadOnlyList<RouteEndpoint> Endpoints { get; } =
        [.. all.Endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>() is not null).Select(Copy)];

    public override IChangeToken GetChangeToken() => NullChangeToken.Singleton;

    /// <summary>The operation id of an endpoint.</summary>
    public static string NameOf(Endpoint endpoint) => endpoint.Metadata.GetRequiredMetadata<IEndpointNameMetadata>().EndpointName;

    // Endpoints read bodies, queries and headers by themselves, so all parameters of their handlers are services and no part of the API.
    private static RouteEndpoint Copy(RouteEndpoint endpoint) => new(
        endpoint.RequestDelegate!,
        endpoint.RoutePattern,
        endpoint.Order,
        new EndpointMetadataCollection(
            [.. endpoint.Metadata.Where(item => item is not (MethodInfo or IParameterBindingMetadata)), NoHandler, .. TypesBesides(endpoint.Metadata)]),
        endpoint.DisplayName);

    // The API explorer keeps one type per status, so each type gets a status that no response has.
    private static IEnumerable<object> TypesBesides(EndpointMetadataCollection metadata) => metadata.GetOrderedMetadata<AlsoDescribesAttribute>()
        .SelectMany(rule => rule.Types)
        .Concat(metadata.GetOrderedMetadata<GivesMediaAttribute>().Select(media => media.Event).OfType<Type>())
        .Select((type, index) => new ProducesResponseTypeMetadata(OperationWriter.FirstUnreal + index, type, ["application/json"]));

    private static void Handle()
    {
    }
}
