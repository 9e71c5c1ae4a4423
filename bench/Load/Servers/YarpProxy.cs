using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace Prism.Bench.Servers;

/// <summary>The baseline of proxied calls: YARP in front of one upstream, without optional features. It forwards bytes and does nothing else.</summary>
internal static class YarpProxy
{
    public static async Task<int> RunAsync(int port, int upstream, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new() { RouteId = "all", ClusterId = "upstream", Match = new() { Path = "{**all}" } }],
            [new() { ClusterId = "upstream", Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = $"http://127.0.0.1:{upstream}" } } }]);
        await using var app = builder.Build();
        app.MapReverseProxy();
        await HostingAbstractionsHostExtensions.RunAsync(app, cancellationToken);
        return 0;
    }
}
