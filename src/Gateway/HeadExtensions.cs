using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Prism.Gateway;

/// <summary>Answers <c>HEAD</c>.</summary>
public static class HeadExtensions
{
    /// <summary>Lets every endpoint with GET answer HEAD as well, with the same headers and no body.</summary>
    /// <remarks>Source: RFC 9110, section 9.3.2.</remarks>
    public static TBuilder AnswerHead<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.Finally(static endpoint =>
        {
            var methods = endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault()?.HttpMethods ?? [];
            if (methods.Contains(HttpMethods.Get) && !methods.Contains(HttpMethods.Head))
            {
                endpoint.Metadata.Add(new HttpMethodMetadata([.. methods, HttpMethods.Head]));
            }
        });
        return endpoints;
    }
}
