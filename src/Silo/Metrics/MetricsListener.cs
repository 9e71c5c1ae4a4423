using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Prism.Silo.Metrics;

/// <summary>
/// Marks the connections of the metrics port. The connection knows its port; the client's Host header does not matter.
/// </summary>
internal sealed class MetricsListener : IStartupFilter
{
    private static readonly Marker Mine = new();

    /// <summary>Makes a listener one for metrics.</summary>
    public static void MarkConnections(ListenOptions options) => options.Use(next => connection =>
    {
        connection.Features.Set(Mine);
        return next(connection);
    });

    /// <summary>Whether a request arrived at the metrics port.</summary>
    public static bool IsOrigin(HttpContext context) => context.Features.Get<Marker>() is not null;

    // A filter runs before all other middleware: no endpoint of the API can be reached through this port.
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(static (context, next) =>
        {
            if (!IsOrigin(context) || context.Request.Path.Equals(MetricsExtensions.Path, StringComparison.Ordinal))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        next(app);
    };

    private sealed class Marker;
}
