using System.Net;
using Prism.Chat;

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
        // A request that is under way holds the server open while it stops.
        var pieces = Host.Chat.StreamByHand();
        pieces.TryWrite(Answers.Started);
        pieces.TryWrite(Answers.Piece("Hi"));
        await using var client = await StreamClient.OpenAsync(Host, "/v1/chat");
        await client.ReadEventAsync();
        var report = new TaskCompletionSource<(HttpStatusCode, string)>(TaskCreationOptions.RunContinuationsAsynchronously);
        Host.Chat.OnComplete((_, _) => throw new InvalidOperationException());
        using var stopping = Host.Lifetime.ApplicationStopping.Register(() => _ = AskAsync(report));

        Host.Lifetime.StopApplication();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"status":"stopping"}"""), await report.Task.WaitAsync(GatewayHost.Deadline));
        pieces.TryWrite(Answers.Completed);
    }

    private async Task AskAsync(TaskCompletionSource<(HttpStatusCode, string)> report)
    {
        try
        {
            using var response = await Host.Client.GetAsync("/healthz");
            report.SetResult((response.StatusCode, await response.Content.ReadAsStringAsync()));
        }
        catch (HttpRequestException exception)
        {
            report.SetException(exception);
        }
    }
}
