using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Prism.Silo.Server;

/// <summary>The open connections of listeners.</summary>
internal sealed class Connections
{
    private readonly ConcurrentDictionary<ConnectionContext, bool> _open = new();

    /// <summary>Tracks the connections of a listener.</summary>
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

    /// <summary>Aborts all open connections.</summary>
    /// <returns>Their number.</returns>
    public int Cut()
    {
        var open = _open.Keys.ToList();
        foreach (var connection in open)
        {
            connection.Abort(new ConnectionAbortedException("The server is shutting down."));
        }

        return open.Count;
    }
}
