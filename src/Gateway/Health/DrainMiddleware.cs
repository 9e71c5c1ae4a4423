using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Prism.Gateway.Health;

/// <summary>
/// Has clients of a silo that shuts down make their next request on another connection, which a load balancer gives to another silo. The shutdown
/// would close a kept connection, perhaps while it is used.
/// </summary>
internal sealed class DrainMiddleware(RequestDelegate next, IHostApplicationLifetime lifetime)
{
    public Task InvokeAsync(HttpContext context)
    {
        // Later HTTP versions have no such header. Their servers tell clients by themselves.
        if (lifetime.ApplicationStopping.IsCancellationRequested && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }

        return next(context);
    }
}
