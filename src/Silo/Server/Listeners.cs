using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Prism.Pipeline;
using Prism.Silo.Metrics;

namespace Prism.Silo.Server;

/// <summary>The listeners of Kestrel: the API, and the metrics on a port of their own.</summary>
internal sealed class Listeners(
    IOptions<ServerOptions> server,
    IOptions<OverloadOptions> overload,
    IOptions<MetricsOptions> metrics,
    Connections connections,
    SilentConnections silent)
    : IConfigureOptions<KestrelServerOptions>
{
    // The most of a response that is buffered for a client slower than its provider. Prism stops reading the upstream call then.
    private const int MaxResponseBuffer = 64 * 1024;

    // The part of a body that the server receives before it is read: not in the memory budget, so it is small.
    private const int MaxRequestBuffer = 64 * 1024;

    private static readonly TimeSpan RequestGrace = TimeSpan.FromSeconds(5);

    private bool HasMetricsListener => metrics.Value.Enabled && (metrics.Value.Port == 0 || metrics.Value.Port != server.Value.Port);

    public void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        Limit(options.Limits);
        Listen(options, server.Value.Port, connections.Watch);
        if (HasMetricsListener)
        {
            Listen(options, metrics.Value.Port, MetricsListener.MarkConnections);
        }
    }

    private void Limit(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = server.Value.MaxBodyBytes;
        limits.MaxConcurrentConnections = server.Value.MaxConnections;
        limits.MaxResponseBufferSize = MaxResponseBuffer;
        limits.MaxRequestBufferSize = MaxRequestBuffer;
        limits.RequestHeadersTimeout = server.Value.HeadersTimeout;
        limits.MinRequestBodyDataRate = new(server.Value.MinDataRate, RequestGrace);
        // Streams have a timeout of their own, which must be shorter than this one.
        limits.MinResponseDataRate = new(server.Value.MinDataRate, Max(overload.Value.StreamWriteTimeout, RequestGrace));
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private void Listen(KestrelServerOptions options, int port, Action<ListenOptions> mark)
    {
        Action<ListenOptions> configure = mark + silent.Watch;
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
            // Two loopback addresses cannot get the same free port at once.
            options.Listen(IPAddress.Loopback, port, configure);
        }
    }
}
