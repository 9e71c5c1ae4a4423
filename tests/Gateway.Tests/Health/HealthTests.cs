using System.Net;
using Microsoft.Extensions.Hosting;
using Prism.Chat;
using Prism.Health;

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

    [Fact]
    public async Task A_silo_that_serves_is_ready()
    {
        using var response = await Host.Client.GetAsync("/healthz");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"status":"ok"}""", await response.Content.ReadAsStringAsync());
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
    }

    [Fact]
    public void A_silo_that_is_not_up_yet_is_not_ready_and_says_so()
    {
        var ready = HealthEndpoint.Ready(new NotStarted());

        Assert.Equal(503, ready.StatusCode);
        Assert.Equal("starting", ready.Value!.Status);
    }

    private sealed class NotStarted : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => throw new NotSupportedException();
    }
}
