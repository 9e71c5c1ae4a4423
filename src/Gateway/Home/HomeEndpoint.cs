using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Prism.Gateway.Auth;
using Prism.Gateway.Health;
using Prism.Gateway.Json;
using Prism.Gateway.OpenApi;

namespace Prism.Gateway.Home;

/// <summary>
/// <c>GET /</c> and its icon: a description, the status, and links. It is open to every caller, so it shows nothing of the configuration.
/// </summary>
internal static class HomeEndpoint
{
    private const string Description = "One HTTP API in front of LLM providers.";

    private static readonly HomeLink[] Own =
    [
        new("docs", "/docs", "The API reference"),
        new("openapi", "/openapi/v1.json", "The OpenAPI document"),
        new("health", "/health", "The status of this silo and its providers"),
        new("ready", "/healthz/ready", "The readiness of this silo"),
    ];

    private static readonly string Template = Encoding.UTF8.GetString(Read("home/page.html"));
    private static readonly byte[] IconFile = Read("home/favicon.ico");

    /// <summary>A page for browsers, JSON for other clients.</summary>
    [Gives<HomeBody>, GivesMedia("text/html")]
    public static Task Get(HttpContext context, Readiness readiness, Authenticator authenticator, IOptions<HomeOptions> options)
    {
        var status = readiness.FindObstacle() ?? "healthy";
        HomeLink[] links = [.. Own, .. options.Value.Links];
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        response.Headers.Vary = HeaderNames.Accept;
        if (!WantsPage(context.Request))
        {
            return response.WriteJsonAsync(
                new HomeBody("Prism", Description, status, links.ToDictionary(link => link.Name, link => link.Path)), GatewayJson.Api.HomeBody);
        }

        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        return WriteAsync(response, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(Render(context.Request, status, links, authenticator.IsOn)));
    }

    /// <summary><c>GET /favicon.ico</c>, which browsers request by themselves.</summary>
    [GivesMedia("image/x-icon")]
    public static Task Icon(HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=86400";
        return WriteAsync(context.Response, "image/x-icon", IconFile);
    }

    private static bool WantsPage(HttpRequest request) =>
        request.Headers.Accept.Any(accept => accept?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);

    private static string Render(HttpRequest request, string status, IEnumerable<HomeLink> links, bool needsKey)
    {
        var list = new StringBuilder();
        foreach (var link in links)
        {
            list.Append($"<li><a href=\"{link.Path}\">{link.Name}</a> <span>{link.Description}</span></li>\n");
        }

        return Template
            .Replace("{{class}}", status == "healthy" ? "healthy" : "failing", StringComparison.Ordinal)
            .Replace("{{status}}", status, StringComparison.Ordinal)
            .Replace("{{key}}", needsKey ? " -H \"Authorization: Bearer $KEY\"" : "", StringComparison.Ordinal)
            .Replace("{{links}}", list.ToString(), StringComparison.Ordinal)
            // From the request.
            .Replace("{{origin}}", HtmlEncoder.Default.Encode($"{request.Scheme}://{request.Host.ToUriComponent()}"), StringComparison.Ordinal);
    }

    private static Task WriteAsync(HttpResponse response, string type, byte[] content)
    {
        response.ContentType = type;
        response.ContentLength = content.Length;
        return response.Body.WriteAsync(content, CancellationToken.None).AsTask();
    }

    private static byte[] Read(string name)
    {
        using var resource = typeof(HomeEndpoint).Assembly.GetManifestResourceStream(name)!;
        using var content = new MemoryStream();
        resource.CopyTo(content);
        return content.ToArray();
    }
}

/// <summary>The body of <c>GET /</c>.</summary>
/// <param name="Name">The service.</param>
/// <param name="Description">A description.</param>
/// <param name="Status"><c>healthy</c>, or why the silo does not serve.</param>
/// <param name="Links">Paths by their names.</param>
internal sealed record HomeBody(string Name, string Description, string Status, Dictionary<string, string> Links);
