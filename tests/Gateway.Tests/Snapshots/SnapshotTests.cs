using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Prism.Pipeline;

namespace Prism.Tests.Snapshots;

/// <summary>The configuration is exchanged between two requests.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public async Task The_next_request_needs_the_keys_that_are_configured_now()
    {
        var snapshots = new ExchangedSnapshots();
        await using var host = await GatewayHost.StartAsync(services => services.AddSingleton<ISnapshotSource>(snapshots));
        Assert.Equal(HttpStatusCode.OK, await GetModelsAsync(host, key: null));

        snapshots.Exchange(current => current with { Auth = new() { ApiKeys = ["sk-first"] } });
        Assert.Equal(HttpStatusCode.Unauthorized, await GetModelsAsync(host, key: null));
        Assert.Equal(HttpStatusCode.OK, await GetModelsAsync(host, "sk-first"));

        snapshots.Exchange(current => current with { Auth = new() { ApiKeys = ["sk-second"] } });
        Assert.Equal(HttpStatusCode.Unauthorized, await GetModelsAsync(host, "sk-first"));
        Assert.Equal(HttpStatusCode.OK, await GetModelsAsync(host, "sk-second"));
    }

    private static async Task<HttpStatusCode> GetModelsAsync(GatewayHost host, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        if (key is not null)
        {
            request.Headers.Add("x-api-key", key);
        }

        using var response = await host.Client.SendAsync(request);
        return response.StatusCode;
    }
}
