using Microsoft.AspNetCore.Builder;

namespace Prism.Gateway.Browsers;

/// <summary>Declares what browsers and caches may do with the responses of an endpoint.</summary>
public static class BrowserExtensions
{
    /// <summary>Allows caches to store the responses. Those of all other endpoints carry <c>Cache-Control: no-store</c>.</summary>
    public static TBuilder MayBeCached<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new MayBeCachedRule());

    /// <summary>Sets the <c>Content-Security-Policy</c> of a page. By default a browser may load nothing.</summary>
    public static TBuilder WithContentPolicy<TBuilder>(this TBuilder endpoint, string policy)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new ContentPolicyRule(policy));
}

/// <summary>Caches may store the responses.</summary>
public sealed record MayBeCachedRule;

/// <summary>The page's policy.</summary>
public sealed record ContentPolicyRule(string Policy);
