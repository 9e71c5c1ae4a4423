using System.Net;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Tests.Home;

/// <summary><c>GET /</c>, and how every answer looks to a browser, to curl and to HEAD.</summary>
public sealed class HomeTests : GatewayTest
{
    [Fact]
    public async Task A_browser_gets_a_page()
    {
        using var response = await SendAsync("/", ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"));
        var page = await response.Content.ReadAsStringAsync();

        Assert.Equal((HttpStatusCode.OK, "text/html"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Contains("<span class=\"healthy\">healthy</span>", page, StringComparison.Ordinal);
        foreach (var link in new[] { "/docs", "/openapi/v1.json", "/health" })
        {
            Assert.Contains($"<a href=\"{link}\">", page, StringComparison.Ordinal);
        }

        Assert.Contains("default-src 'none'", HeaderOf(response, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_else_gets_JSON_and_both_say_how_it_is()
    {
        Host.Cluster.Status = Host.Cluster.Status with { Silos = [] };

        using var json = JsonDocument.Parse(await Host.Client.GetStringAsync("/"));
        using var page = await SendAsync("/", ("Accept", "text/html"));

        Assert.Equal(("Prism", "not_in_cluster"), (json.RootElement.GetProperty("name").GetString(), json.RootElement.GetProperty("status").GetString()));
        Assert.Equal("/docs", json.RootElement.GetProperty("links").GetProperty("docs").GetString());
        Assert.Contains("<span class=\"failing\">not_in_cluster</span>", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_client_says_is_its_host_is_no_markup()
    {
        using var response = await SendAsync("/", ("Accept", "text/html"), ("Host", "a<b>\"c"));

        Assert.DoesNotContain("<b>", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task There_is_an_icon()
    {
        using var response = await Host.Client.GetAsync("/favicon.ico");

        Assert.Equal("image/x-icon", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal([0, 0, 1, 0], (await response.Content.ReadAsByteArrayAsync())[..4]);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/favicon.ico")]
    [InlineData("/docs")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/health")]
    [InlineData("/healthz")]
    [InlineData("/healthz/ready")]
    [InlineData("/healthz/live")]
    [InlineData("/providers")]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/nothing")]
    [InlineData("/v1/templates")]
    [InlineData("/admin/usage")]
    [InlineData("/admin/providers")]
    public async Task HEAD_is_GET_without_the_body(string path)
    {
        using var get = await Host.Client.GetAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await Host.Client.SendAsync(request);

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/healthz")]
    [InlineData("/v1/models")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/nowhere")]
    public async Task JSON_ends_with_a_newline_in_a_terminal_only(string path)
    {
        using var plain = await Host.Client.GetAsync(path);
        foreach (var agent in new[] { "curl/8.5.0", "Wget/1.21" })
        {
            using var response = await SendAsync(path, ("User-Agent", agent));
            var body = await response.Content.ReadAsStringAsync();

            Assert.Equal(plain.StatusCode, response.StatusCode);
            Assert.EndsWith("}\n", body, StringComparison.Ordinal);
            Assert.True(response.Content.Headers.ContentLength is null || response.Content.Headers.ContentLength == body.Length);
        }

        Assert.EndsWith("}", await plain.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_ends_with_a_newline_in_a_terminal()
    {
        Host.Chat.Answer(new ChatOutcome { Response = new() { Choices = [new() { Message = new() { Content = "Hello" } }] }, Route = ScriptedChat.Route });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat") { Content = GatewayHost.Json(GatewayHost.Hello) };
        request.Headers.Add("User-Agent", "curl/8.5.0");

        using var response = await Host.Client.SendAsync(request);

        Assert.EndsWith("}\n", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Host.Client.SendAsync(request);
    }
}
