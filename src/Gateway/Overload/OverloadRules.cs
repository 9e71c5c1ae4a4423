using Microsoft.AspNetCore.Builder;

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

    /// <summary>Has the whole body received before the endpoint runs. All other endpoints get no body.</summary>
    internal static TBuilder TakesBody<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new BodyRule());
}

/// <summary>The endpoint is not limited.</summary>
internal sealed record WithoutLimitsRule;

/// <summary>The endpoint reads a body.</summary>
internal sealed record BodyRule;
