using Prism.Gateway.Browsers;

namespace Prism.Silo.Server;

/// <summary>Headers that restrict what browsers do with a response.</summary>
internal static class SecurityHeaders
{
    private const string OfTheApi = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>
    /// Sets them on every response that a browser can open as a page or load into one: those to GET and HEAD. Other responses only get
    /// <c>nosniff</c>. Has to be after the routing and before all middleware that responds.
    /// </summary>
    /// <remarks>No <c>Strict-Transport-Security</c>: the proxy that ends TLS sets it.</remarks>
    public static IApplicationBuilder UsePrismSecurityHeaders(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        var endpoint = context.GetEndpoint();
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        {
            headers.XFrameOptions = "DENY";
            headers["referrer-policy"] = "no-referrer";
            headers["cross-origin-resource-policy"] = "same-origin";
            headers.ContentSecurityPolicy = endpoint?.Metadata.GetMetadata<ContentPolicyRule>()?.Policy ?? OfTheApi;
        }

        if (endpoint is not null && endpoint.Metadata.GetMetadata<MayBeCachedRule>() is null)
        {
            // Responses belong to one caller. An event stream sets its own value.
            headers.CacheControl = "no-store";
        }

        return next(context);
    });
}
