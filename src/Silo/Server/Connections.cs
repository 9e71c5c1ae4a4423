using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Prism.Silo.Server;

/// <summary>The open connections of listeners.</summary>
internal sealed class Connections
{
    private readonly ConcurrentDictionary<ConnectionContext, bool> _open = new();

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

    /// <summary>Cuts all that are open.</summary>
    /// <returns>How many.</returns>
    public int Cut()
    {
        var open = _open.Keys.ToList();
        foreach (var connection in open)
        {
            connection.Abort(new ConnectionAbortedException("The server stops, and the time to finish is over."));
        }

        return open.Count;
    }
}
