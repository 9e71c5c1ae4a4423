using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;

namespace Prism.Gateway.Overload;

/// <summary>Declares an endpoint's use of the limit on concurrent requests, and its body.</summary>
public static class OverloadExtensions
{
    /// <summary>
    /// Exempts it from the limit on concurrent requests: probes, metrics, pages and administration must work on an overloaded silo. All other
    /// endpoints are limited.
    /// </summary>
    public static TBuilder WithoutLimits<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new WithoutLimitsRule());
}

/// <summary>The endpoint is not limited.</summary>
internal sealed record WithoutLimitsRule;

/// <summary>The handler reads a JSON body, which is received completely before. All other endpoints get no body.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal abstract class TakesAttribute(Type type, string? patchName) : Attribute, IAcceptsMetadata
{
    /// <summary>The type of the body.</summary>
    public Type RequestType => type;

    /// <summary>The name of its schema in the OpenAPI document, if it is a merge patch: the record without required properties.</summary>
    public string? PatchName => patchName;

    // With a type here, the router would reject requests by their Content-Type, with its own text.
    public IReadOnlyList<string> ContentTypes => [];

    public bool IsOptional => false;
}

/// <summary>The body is a record.</summary>
internal sealed class TakesAttribute<T>() : TakesAttribute(typeof(T), null);

/// <summary>The body is a merge patch of a record.</summary>
internal sealed class TakesPatchAttribute<T>(string name) : TakesAttribute(typeof(T), name);
