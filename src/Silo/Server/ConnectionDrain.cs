using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Prism.Server;

/// <summary>
/// Cuts the connections that are still open when <see cref="ServerOptions.DrainTimeout"/> is over. Kestrel by itself would wait for them until
/// the whole time of the shutdown is used up, and the silo after it would end without handing over what it has.
/// </summary>
internal sealed partial class ConnectionDrain(
    IOptions<ServerOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ConnectionDrain> logger)
    : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<ConnectionContext, bool> _open = new();
    private CancellationTokenRegistration _registration;
    private ITimer? _timer;

    /// <summary>Watches over the connections of a listener.</summary>
    public void Watch(ListenOptions listener) => listener.Use(next => async connection =>
    {
        _open[connection] = true;
        try
        {
            await next(connection);
        }
        finally
        {
            _open.TryRemove(connection, out _);
        }
    });

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registration = lifetime.ApplicationStopping.Register(() =>
            _timer = time.CreateTimer(_ => Cut(), null, options.Value.DrainTimeout, Timeout.InfiniteTimeSpan));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _registration.Dispose();
        _timer?.Dispose();
    }

    private void Cut()
    {
        var open = _open.Keys.ToList();
        if (open.Count > 0)
        {
            LogCut(open.Count);
        }

        foreach (var connection in open)
        {
            connection.Abort(new ConnectionAbortedException("The server stops, and the time to finish is over."));
        }
    }

    [LoggerMessage(LogLevel.Warning, "Cutting {Connections} connections that are still open at the end of the drain")]
    private partial void LogCut(int connections);
}
