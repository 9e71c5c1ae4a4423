using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Prism.Metrics;

namespace Prism.Server;

/// <summary>Where Kestrel listens: first for the API, then, at a port of its own, for whoever scrapes the metrics.</summary>
internal sealed class Listeners(IOptions<ServerOptions> server, IOptions<MetricsOptions> metrics, ConnectionDrain drain)
    : IConfigureOptions<KestrelServerOptions>
{
    private bool HasMetricsListener => metrics.Value.Enabled && (metrics.Value.Port == 0 || metrics.Value.Port != server.Value.Port);

    public void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = server.Value.MaxBodyBytes;
        Listen(options, server.Value.Port, drain.Watch);
        if (HasMetricsListener)
        {
            Listen(options, metrics.Value.Port, MetricsListener.Mark);
        }
    }

    private void Listen(KestrelServerOptions options, int port, Action<ListenOptions> configure)
    {
        var host = server.Value.Host;
        if (host == "*")
        {
            options.ListenAnyIP(port, configure);
        }
        else if (!host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            options.Listen(IPAddress.Parse(host), port, configure);
        }
        else if (port != 0)
        {
            options.ListenLocalhost(port, configure);
        }
        else
        {
            // Two loopback addresses cannot be given the same free port at once.
            options.Listen(IPAddress.Loopback, port, configure);
        }
    }
}
