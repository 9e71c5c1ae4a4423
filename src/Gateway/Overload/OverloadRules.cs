using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;

namespace Prism.Gateway.Overload;

/// <summary>Declares what an endpoint needs of the memory and the places of this silo.</summary>
public static class OverloadExtensions
{
    /// <summary>
    /// Keeps it out of the limit on concurrent requests: probes, metrics, pages and administration must work on an overloaded silo. All other
    /// endpoints are limited.
    /// </summary>
    public static TBuilder WithoutLimits<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new WithoutLimitsRule());

    /// <summary>Has the whole JSON body received before the endpoint runs. All other endpoints get no body.</summary>
    internal static IEndpointConventionBuilder Takes<T>(this IEndpointConventionBuilder endpoint) => endpoint.WithMetadata(new BodyRule(typeof(T)));

    /// <summary>The same for a merge patch of a record.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="name">The name of the patch in the OpenAPI document, where it is the record without required properties.</param>
    internal static IEndpointConventionBuilder TakesPatch<T>(this IEndpointConventionBuilder endpoint, string name) =>
        endpoint.WithMetadata(new BodyRule(typeof(T), name));
}

/// <summary>The endpoint is not limited.</summary>
internal sealed record WithoutLimitsRule;

/// <summary>The endpoint reads a JSON body.</summary>
/// <param name="RequestType">What is in it.</param>
/// <param name="PatchName">The name of its schema, where it is a merge patch.</param>
internal sealed record BodyRule(Type? RequestType, string? PatchName = null) : IAcceptsMetadata
{
    // With a type here, the routing would reject requests by their Content-Type, in its own words.
    public IReadOnlyList<string> ContentTypes => [];

    public bool IsOptional => false;
}
