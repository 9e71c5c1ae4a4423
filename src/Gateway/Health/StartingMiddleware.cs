using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Prism.Gateway.Errors;

namespace Prism.Gateway.Health;

/// <summary>
/// Responds with 503 while the silo starts, except at endpoints that declare <see cref="HealthExtensions.WhileStarting{TBuilder}"/>. The server
/// listens before the silo is up, so a silo that waits for its storage can be told from one that hangs.
/// </summary>
internal sealed class StartingMiddleware(RequestDelegate next, IHostApplicationLifetime lifetime)
{
    private static readonly ApiError Starting = new("Prism is starting.", ApiError.ServerError, null, "starting");

    public Task InvokeAsync(HttpContext context)
    {
        if (lifetime.ApplicationStarted.IsCancellationRequested || !NeedsCluster(context.GetEndpoint()))
        {
            return next(context);
        }

        context.Response.Headers.RetryAfter = "1";
        return context.WriteErrorAsync(StatusCodes.Status503ServiceUnavailable, Starting);
    }

    // Unknown paths too: whether the caller may know that they do not exist depends on its key, and keys are in the cluster.
    private static bool NeedsCluster(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<WhileStartingRule>() is null;
}
