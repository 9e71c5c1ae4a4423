using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Prism.Gateway.Errors;

namespace Prism.Gateway.Health;

/// <summary>
/// Asks callers to come back while the silo starts. The server listens before that, so that a silo that waits for its storage can be told
/// from one that hangs.
/// </summary>
internal sealed class StartingMiddleware(RequestDelegate next, IHostApplicationLifetime lifetime)
{
    private static readonly ApiError Starting = new("Prism is starting.", ApiError.ServerError, null, "starting");

    public Task InvokeAsync(HttpContext context)
    {
        if (lifetime.ApplicationStarted.IsCancellationRequested || !NeedsCluster(context.Request.Path))
        {
            return next(context);
        }

        context.Response.Headers.RetryAfter = "1";
        return context.WriteErrorAsync(StatusCodes.Status503ServiceUnavailable, Starting);
    }

    private static bool NeedsCluster(PathString path) =>
        path.StartsWithSegments("/v1", StringComparison.Ordinal)
        || path.StartsWithSegments("/admin", StringComparison.Ordinal)
        || path.StartsWithSegments("/cache", StringComparison.Ordinal);
}
