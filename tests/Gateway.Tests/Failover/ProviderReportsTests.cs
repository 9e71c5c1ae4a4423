using System.Net;
using Prism.Grains.Interfaces.Breakers;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Quotas;

namespace Prism.Tests.Attempts;

/// <summary><c>GET /admin/providers</c></summary>
public sealed class ProviderReportsTests : GatewayTest
{
    [Fact]
    public async Task It_says_how_each_provider_is_doing()
    {
        Host.Reports.Reports =
        [
            new()
            {
                Name = "openai",
                Circuit = new() { Version = 3, State = CircuitState.Open, OpenFor = TimeSpan.FromSeconds(12.5) },
                Limits = new()
                {
                    Limits = [new() { Kind = LimitKind.RequestsPerMinute, Limit = 500, Remaining = 480, ResetAfter = TimeSpan.FromSeconds(61) }],
                    HeldBackFor = TimeSpan.FromSeconds(7),
                    Leases =
                    [
                        new()
                        {
                            Silo = "10.0.0.1:11111@7", HeardAgo = TimeSpan.FromSeconds(1.5), Holds = [new(LimitKind.RequestsPerMinute, 20)],
                        },
                    ],
                },
                LastErrors =
                [
                    new(new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), ChatErrorKind.UpstreamServerError, 503),
                    new(new(2026, 1, 2, 3, 4, 0, TimeSpan.Zero), ChatErrorKind.UpstreamConnectTimeout, null),
                ],
                Latency = new(100, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)),
                FirstToken = new(0, null, null, null),
            },
            new()
            {
                Name = "ollama",
                Circuit = new() { Version = 0 },
                Latency = new(0, null, null, null),
                FirstToken = new(0, null, null, null),
            },
        ];

        using var response = await Host.Client.GetAsync(new Uri("/admin/providers", UriKind.Relative));
        await Golden.EqualAsync("provider-reports.json", response);
    }

    [Fact]
    public async Task What_holds_a_provider_back_is_lifted()
    {
        using var lifted = await Host.Client.DeleteAsync(new Uri("/admin/providers/openai/holds", UriKind.Relative));
        using var unknown = await Host.Client.DeleteAsync(new Uri("/admin/providers/nobody/holds", UriKind.Relative));

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (lifted.StatusCode, unknown.StatusCode));
        Assert.Equal(["openai", "nobody"], Host.Holds.Lifted);
    }
}
