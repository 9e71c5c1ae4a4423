using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Prism.Silo.Server;

/// <summary>
/// Ends connections on which nothing is sent. Kestrel's time-out for headers begins with their first byte; until then it would keep a
/// connection for as long as one between two requests.
/// </summary>
internal sealed class SilentConnections(IOptions<ServerOptions> options, TimeProvider time)
{
    /// <summary>Watches over the connections of a listener.</summary>
    public void Watch(ListenOptions listener) => listener.Use(next => async connection =>
    {
        using (var patience = new CancellationTokenSource(options.Value.HeadersTimeout, time))
        {
            try
            {
                var input = connection.Transport.Input;
                var first = await input.ReadAsync(patience.Token);
                // Only looked at: whoever comes next reads it.
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
