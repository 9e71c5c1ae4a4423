using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Prism.Gateway.Auth;

/// <summary>Declares the access to an endpoint.</summary>
public static class AccessExtensions
{
    /// <summary>Admits the callers of <paramref name="access"/>.</summary>
    public static TBuilder For<TBuilder>(this TBuilder endpoint, Access access)
        where TBuilder : IEndpointConventionBuilder => endpoint.For(_ => access);

    /// <summary>Admits the callers of the access that <paramref name="choose"/> returns for a request.</summary>
    public static TBuilder For<TBuilder>(this TBuilder endpoint, Func<HttpContext, Access> choose)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(builder => builder.Metadata.Add(new AccessRule(choose)));
        return endpoint;
    }
}
