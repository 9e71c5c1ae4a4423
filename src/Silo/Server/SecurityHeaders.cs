namespace Prism.Silo.Server;

/// <summary>Headers that keep browsers from making more of an answer than it is.</summary>
internal static class SecurityHeaders
{
    private const string OfTheApi = "default-src 'none'; frame-ancestors 'none'";

    // Its page has its styles in line, and asks nobody but its own host.
    private const string OfTheDashboard =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";

    /// <summary>Sets them on every response. Has to be before all that answers requests.</summary>
    /// <remarks>No <c>Strict-Transport-Security</c>: that is for who ends the TLS in front.</remarks>
    public static IApplicationBuilder UsePrismSecurityHeaders(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["referrer-policy"] = "no-referrer";
        headers["cross-origin-resource-policy"] = "same-origin";
        var path = context.Request.Path;
        headers.ContentSecurityPolicy = path.StartsWithSegments("/dashboard", StringComparison.OrdinalIgnoreCase) ? OfTheDashboard : OfTheApi;
        if (path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments("/admin", StringComparison.OrdinalIgnoreCase))
        {
            // Answers are somebody's; an event stream replaces it by its own word.
            headers.CacheControl = "no-store";
        }

        return next(context);
    });
}
