using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Prism.Silo.Health;

namespace Prism.Tests.Health;

public sealed class HealthProbeTests : IDisposable
{
    private readonly StringWriter _error = new();

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("*")]
    [InlineData("localhost")]
    [InlineData("127.0.0.2")]
    public async Task A_process_that_lives_is_found_wherever_it_listens(string host)
    {
        await using var app = await StartAsync(host, StatusCodes.Status200OK);

        Assert.Equal(0, await AskAsync(host, Port(app)));
        Assert.Equal("", _error.ToString());
    }

    [Fact]
    public async Task The_command_line_of_the_silo_counts()
    {
        await using var app = await StartAsync("127.0.0.1", StatusCodes.Status200OK);

        Assert.Equal(0, await HealthProbe.RunAsync([$"--Prism:Port={Port(app)}"], _error, new Dictionary<string, string>(), Patience.Limit));
    }

    [Fact]
    public async Task Another_address_can_be_asked()
    {
        await using var app = await StartAsync("127.0.0.1", StatusCodes.Status200OK);

        Assert.Equal(0, await HealthProbe.RunAsync([$"http://127.0.0.1:{Port(app)}/healthz/live"], _error, timeout: Patience.Limit));
        Assert.Equal(1, await HealthProbe.RunAsync([$"http://127.0.0.1:{Port(app)}/healthz/nowhere"], _error, timeout: Patience.Limit));
    }

    [Fact]
    public async Task An_error_is_no_life()
    {
        await using var app = await StartAsync("127.0.0.1", StatusCodes.Status500InternalServerError);

        Assert.Equal(1, await AskAsync("127.0.0.1", Port(app)));
        Assert.Equal($"prism: http://127.0.0.1:{Port(app)}/healthz/live answered 500.", _error.ToString().TrimEnd());
    }

    [Fact]
    public async Task Nobody_there_is_no_life()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        Assert.Equal(1, await AskAsync("127.0.0.1", port));
        Assert.Contains("refused", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "LLM_PORT is 0")]
    [InlineData("no number", "LLM_PORT")]
    public async Task A_port_that_cannot_be_asked_is_named(string port, string words)
    {
        var variables = new Dictionary<string, string> { ["LLM_PORT"] = port };

        Assert.Equal(1, await HealthProbe.RunAsync([], _error, variables, Patience.Limit));
        Assert.Contains(words, _error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _error.Dispose();

    private static int Port(WebApplication app) => app.Addresses()[0].Port;

    private static async Task<WebApplication> StartAsync(string host, int status)
    {
        var app = SiloHost.Build(SiloHost.Ports(("LLM_HOST", host)), map: app => app.MapGet("/healthz/live", () => Results.StatusCode(status)));
        await app.StartAsync();
        return app;
    }

    private Task<int> AskAsync(string host, int port) => HealthProbe.RunAsync(
        [], _error, new Dictionary<string, string> { ["LLM_HOST"] = host, ["LLM_PORT"] = $"{port}" }, Patience.Limit);
}
