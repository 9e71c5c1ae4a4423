using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Prism.Gateway.Health;

/// <summary>
/// Asks clients of a silo that stops to make their next request on another connection, which a load balancer then gives to another silo. A
/// connection that is kept would be closed by the stop, perhaps in the moment in which it is used again.
/// </summary>
internal sealed class DrainMiddleware(RequestDelegate next, IHostApplicationLifetime lifetime)
{
    public Task InvokeAsync(HttpContext context)
    {
        // Later versions have no such header: they tell their clients by themselves.
        if (lifetime.ApplicationStopping.IsCancellationRequested && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }

        return next(context);
    }
}
