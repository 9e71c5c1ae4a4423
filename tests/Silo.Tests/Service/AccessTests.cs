using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;

namespace Prism.Tests.Service;

/// <summary>Who may call what of the whole service: whatever is mapped, by whomever.</summary>
public sealed partial class AccessTests : IAsyncLifetime
{
    private const string AdminKey = "the-admin-key";
    private const string Key = "sk-one";

    private static readonly string[] Open =
    [
        .. from path in new[] { "/", "/favicon.ico", "/healthz", "/healthz/ready", "/healthz/live" }
           from method in new[] { "GET", "HEAD" }
           select $"{method} {path}",
    ];

    private PrismService _prism = null!;

    public async Task InitializeAsync() => _prism = await PrismService.StartAsync(
        ("LLM_ADMIN_API_KEY", AdminKey), ("LLM_API_KEYS", $"{Key}, sk-two"), ("LLM_DASHBOARD_ENABLED", "true"));

    public async Task DisposeAsync() => await _prism.DisposeAsync();

    [Fact]
    public async Task Every_route_is_refused_to_strangers_but_those_of_probes()
    {
        var routes = _prism.Routes.SelectMany(Describe).ToList();
        var open = new List<string>();
        foreach (var (method, path) in routes)
        {
            using var response = await SendAsync(method, path);
            if (response.StatusCode != HttpStatusCode.Unauthorized)
            {
                open.Add($"{method} {path}");
            }
        }

        Assert.Equal(Open.Order(), open.Order());
        // The dashboard's, the metrics' and those of the API.
        Assert.Contains(routes, route => route.Path == "/dashboard/GrainState");
        Assert.Contains(routes, route => route.Path == "/metrics");
        Assert.InRange(routes.Count, 40, 200);
    }

    [Fact]
    public async Task A_key_of_the_API_does_not_open_what_is_the_admins()
    {
        var denied = new List<string>();
        foreach (var (method, path) in _prism.Routes.SelectMany(Describe))
        {
            using var response = await SendAsync(method, path, new("Bearer", Key));
            Assert.NotEqual(HttpStatusCode.Unauthorized, response.StatusCode);
            if (response.StatusCode == HttpStatusCode.Forbidden)
            {
                denied.Add($"{method} {path}");
            }
        }

        Assert.Contains("GET /metrics", denied);
        Assert.Contains("DELETE /cache", denied);
        Assert.All(
            denied.Except(["GET /metrics", "DELETE /cache"]), route => Assert.Matches("^[A-Z]+ /(dashboard|admin)/?", route));
        Assert.Equal(_prism.Routes.SelectMany(Describe).Count(route => AdminPath().IsMatch(route.Path)), denied.Count - 2);
    }

    [Theory]
    [InlineData("POST", "/")]
    [InlineData("GET", "/nothing")]
    [InlineData("GET", "/dashboard/nothing")]
    [InlineData("GET", "/admin/nothing")]
    [InlineData("GET", "/v1/chat")]
    [InlineData("POST", "/healthz")]
    public async Task What_there_is_not_is_nothing_for_strangers_either(string method, string path)
    {
        using var stranger = await SendAsync(method, path);
        using var known = await SendAsync(method, path, new("Bearer", AdminKey));

        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        Assert.Contains(known.StatusCode, (HttpStatusCode[])[HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed]);
    }

    [Theory]
    [InlineData("/dashboard/")]
    [InlineData("/dashboard/version")]
    [InlineData("/metrics")]
    public async Task A_browser_logs_in_with_the_admin_key_as_the_password(string path)
    {
        using var asked = await SendAsync("GET", path);
        using var answered = await SendAsync("GET", path, Basic("whoever", AdminKey));
        using var wrong = await SendAsync("GET", path, Basic(AdminKey, "x"));
        using var user = await SendAsync("GET", path, Basic("whoever", Key));

        Assert.Contains(asked.Headers.WwwAuthenticate, challenge => challenge.Scheme == "Basic");
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden), (answered.StatusCode, wrong.StatusCode, user.StatusCode));
    }

    [Fact]
    public async Task The_scrapers_port_is_open_and_serves_nothing_else()
    {
        using var client = new HttpClient { BaseAddress = _prism.MetricsUrl };

        using var page = await client.GetAsync("/metrics");
        using var chat = await client.GetAsync("/v1/models");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (page.StatusCode, chat.StatusCode));
    }

    [Fact]
    public async Task The_scrapers_port_can_be_closed()
    {
        await using var closed = await PrismService.StartAsync(("LLM_ADMIN_API_KEY", AdminKey), ("LLM_METRICS_AUTH", "true"));
        using var client = new HttpClient { BaseAddress = closed.MetricsUrl };

        using var stranger = await client.GetAsync("/metrics");
        client.DefaultRequestHeaders.Authorization = new("Bearer", AdminKey);
        using var scraper = await client.GetAsync("/metrics");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (stranger.StatusCode, scraper.StatusCode));
    }

    private static AuthenticationHeaderValue Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    // "{name}" -> "x", "{page:int}" -> "1"
    private static IEnumerable<(string Method, string Path)> Describe(RouteEndpoint route)
    {
        var path = "/" + Parameter().Replace(route.RoutePattern.RawText!, match => match.Value.Contains(":int", StringComparison.Ordinal) ? "1" : "x").TrimStart('/');
        return (route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => (method, path));
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, AuthenticationHeaderValue? authorization = null)
    {
        using var request = new HttpRequestMessage(new(method), path);
        request.Headers.Authorization = authorization;
        return await _prism.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();

    [GeneratedRegex("^/(dashboard|admin)(/|$)")]
    private static partial Regex AdminPath();
}
