using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Prism.Gateway.Auth;

/// <summary>Declares who may call an endpoint.</summary>
public static class AccessExtensions
{
    /// <summary>Lets those call it whom <paramref name="access"/> names.</summary>
    public static TBuilder For<TBuilder>(this TBuilder endpoint, Access access)
        where TBuilder : IEndpointConventionBuilder => endpoint.For(_ => access);

    /// <summary>Lets those call it whom <paramref name="choose"/> names for the request at hand.</summary>
    public static TBuilder For<TBuilder>(this TBuilder endpoint, Func<HttpContext, Access> choose)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(builder => builder.Metadata.Add(new AccessRule(choose)));
        return endpoint;
    }
}
