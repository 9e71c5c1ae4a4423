using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Prism.Tests.Logging;

namespace Prism.Tests.Server;

public sealed class ListenersTests
{
    [Theory]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("*", "127.0.0.1")]
    public async Task It_listens_where_it_is_told(string host, string reachedAt)
    {
        await using var app = SiloHost.Build(SiloHost.Ports(("LLM_HOST", host)), map: app => app.MapGet("/", () => "here"));
        await app.StartAsync();
        using var client = new HttpClient();
        var address = new UriBuilder("http", reachedAt, app.Addresses()[0].Port).Uri;
        Assert.Equal("here", await client.GetStringAsync(address));
    }

    [Fact]
    public async Task The_port_that_ASP_NET_Core_images_set_is_ignored_without_a_warning()
    {
        using var lines = new LogLines();
        await using var app = SiloHost.Build(
            SiloHost.Ports(("LLM_METRICS_ENABLED", "false")), new() { ["http_ports"] = "8080", ["urls"] = "http://*:8081" }, lines.Writer);
        await app.StartAsync();
        Assert.NotEqual(8080, Assert.Single(app.Addresses()).Port);
        Assert.DoesNotContain(lines.All, line => LogLines.Level(line) == "Warning");
    }

    [Theory]
    [InlineData(100, HttpStatusCode.OK)]
    [InlineData(101, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_may_be_as_long_as_is_set(int length, HttpStatusCode status)
    {
        await using var app = SiloHost.Build(SiloHost.Ports(("LLM_MAX_BODY_BYTES", "100")), map: app => app.MapPost("/", ReadAsync));
        await app.StartAsync();
        using var client = new HttpClient();
        using var content = new StringContent(new string('x', length), Encoding.ASCII);
        using var answer = await client.PostAsync(app.Addresses()[0], content);
        Assert.Equal(status, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Server"));

        static Task ReadAsync(HttpContext context) => context.Request.Body.CopyToAsync(Stream.Null);
    }
}
