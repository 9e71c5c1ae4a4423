using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Prism.Gateway.Health;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Tests.Health;

/// <summary><c>GET /health</c> and <c>GET /healthz</c>.</summary>
public sealed class HealthTests : GatewayTest
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task The_report_has_the_providers_and_the_cluster()
    {
        var status = Host.Catalog.Status;
        Host.Catalog.Status =
        [
            status[0],
            status[1] with { LastOutcome = new() { At = At, Error = ChatErrorKind.UpstreamIdleTimeout } },
            status[2] with { LastOutcome = new() { At = At } },
        ];

        using var response = await Host.Client.GetAsync("/health");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Golden.EqualAsync("health.json", response);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/healthz/ready")]
    [InlineData("/healthz/live")]
    public async Task A_silo_that_serves_is_ready_and_alive(string path)
    {
        using var response = await Host.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"status":"ok"}""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/healthz/ready")]
    public async Task A_silo_without_its_storage_is_not_ready_but_alive_and_comes_back(string path)
    {
        var status = Host.Cluster.Status;
        Host.Cluster.Status = status with { Storage = new() { Kind = "redis", Reachable = false } };
        using var away = await Host.Client.GetAsync(path);
        using var live = await Host.Client.GetAsync("/healthz/live");
        var report = await Host.Client.GetStringAsync("/health");
        Host.Cluster.Status = status with { Storage = new() { Kind = "redis", Reachable = true } };
        using var back = await Host.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.Equal("""{"status":"storage_unreachable"}""", await away.Content.ReadAsStringAsync());
        Assert.Contains("\"storage\":{\"kind\":\"redis\",\"reachable\":false}", report, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
    }

    [Theory]
    [InlineData(StorageProblems.Full)]
    [InlineData(StorageProblems.ReadOnly)]
    [InlineData(StorageProblems.Refused)]
    public async Task A_silo_whose_storage_takes_no_writes_is_not_ready_and_says_why(string problem)
    {
        Host.Cluster.Status = Host.Cluster.Status with { Storage = new() { Kind = "redis", Reachable = true, Problem = problem } };
        using var ready = await Host.Client.GetAsync("/healthz/ready");
        var report = await Host.Client.GetStringAsync("/health");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal($$"""{"status":"storage_{{problem}}"}""", await ready.Content.ReadAsStringAsync());
        Assert.Contains($$"""
            "storage":{"kind":"redis","reachable":true,"problem":"{{problem}}"}
            """, report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_the_others_hold_for_dead_is_not_ready()
    {
        Host.Cluster.Status = Host.Cluster.Status with { Silos = [] };

        using var ready = await Host.Client.GetAsync("/healthz");

        Assert.Equal("""{"status":"not_in_cluster"}""", await ready.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_silo_that_drains_is_not_ready_and_says_so()
    {
        Host.Lifetime.StopApplication();

        using var ready = await Host.Client.GetAsync("/healthz");
        using var report = await Host.Client.GetAsync("/health");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("""{"status":"stopping"}""", await ready.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, report.StatusCode);
        Assert.StartsWith("""{"status":"stopping",""", await report.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // The next request is to be another silo's.
        Assert.True(ready.Headers.ConnectionClose);
    }

    [Fact]
    public void A_silo_that_is_not_up_yet_is_not_ready_and_says_so()
    {
        var ready = HealthEndpoint.Ready(new(new ScriptedCluster(), new NotStarted()));

        Assert.Equal(503, ready.StatusCode);
        Assert.Equal("starting", ready.Value!.Status);
    }

    [Theory]
    [InlineData("POST", "/v1/chat", 503)]
    [InlineData("GET", "/v1/chains", 503)]
    [InlineData("DELETE", "/cache", 503)]
    [InlineData("GET", "/admin/usage", 503)]
    [InlineData("GET", "/nowhere", 503)]
    [InlineData("GET", "/healthz/live", 200)]
    [InlineData("GET", "/docs", 200)]
    [InlineData("GET", "/", 200)]
    public async Task A_silo_that_is_not_up_yet_asks_callers_to_come_back(string method, string path, int expected)
    {
        var early = new EarlyRequest(method, path);
        await using var host = await GatewayHost.StartAsync(services => services
            .AddSingleton<IHostedService>(provider => early.On(provider.GetRequiredService<IServer>())));

        Assert.Equal((expected, expected == 503 ? "1" : null), early.Answer);
    }

    // Sends its request when the server listens and the start is not over.
    private sealed class EarlyRequest(string method, string path) : IHostedLifecycleService
    {
        private IServer? _server;

        public (int Status, string? RetryAfter) Answer { get; private set; }

        public EarlyRequest On(IServer server)
        {
            _server = server;
            return this;
        }

        public async Task StartedAsync(CancellationToken cancellationToken)
        {
            var address = _server!.Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            using var client = new HttpClient { BaseAddress = new Uri(address) };
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "POST" ? GatewayHost.Json(GatewayHost.Hello) : null };
            using var response = await client.SendAsync(request, cancellationToken);
            Answer = ((int)response.StatusCode, HeaderOf(response, "Retry-After"));
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class NotStarted : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => throw new NotSupportedException();
    }
}
