using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Prism.Silo.Server;

/// <summary>
/// Closes connections on which the client sends nothing. Kestrel's timeout for headers begins with their first byte; until then it would keep a
/// connection as long as one between two requests.
/// </summary>
internal sealed class SilentConnections(IOptions<ServerOptions> options, TimeProvider time)
{
    /// <summary>Tracks the connections of a listener.</summary>
    public void Watch(ListenOptions listener) => listener.Use(next => async connection =>
    {
        using (var patience = new CancellationTokenSource(options.Value.HeadersTimeout, time))
        {
            try
            {
                var input = connection.Transport.Input;
                var first = await input.ReadAsync(patience.Token);
                // The byte is only peeked at. The server reads it.
                input.AdvanceTo(first.Buffer.Start);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }

        await next(connection);
    });
}
