using Microsoft.AspNetCore.Http;

namespace Prism.Gateway.OpenApi;

/// <summary>The OpenAPI document, and a page that renders it.</summary>
internal static class OpenApiEndpoint
{
    private static readonly byte[] ReferencePage = ReadReferencePage();

    /// <summary><c>GET /openapi/v1.json</c></summary>
    [GivesMedia("application/json")]
    public static async Task Document(HttpContext context, ApiDocument document) =>
        await WriteAsync(context.Response, "application/json; charset=utf-8", await document.Json);

    /// <summary><c>GET /docs</c>: a page that loads only the document.</summary>
    [GivesMedia("text/html")]
    public static Task Page(HttpContext context)
    {
        // The page may load only the document, and no site may frame it.
        context.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";
        return WriteAsync(context.Response, "text/html; charset=utf-8", ReferencePage);
    }

    private static Task WriteAsync(HttpResponse response, string type, byte[] content)
    {
        response.ContentType = type;
        response.ContentLength = content.Length;
        return response.Body.WriteAsync(content, CancellationToken.None).AsTask();
    }

    private static byte[] ReadReferencePage()
    {
        using var resource = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream("docs/reference.html")!;
        using var content = new MemoryStream();
        resource.CopyTo(content);
        return content.ToArray();
    }
}
