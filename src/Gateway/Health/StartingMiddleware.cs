using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Prism.Gateway.Errors;

namespace Prism.Gateway.Health;

/// <summary>
/// Answers 503 while the silo starts, except at endpoints that declare <see cref="HealthExtensions.WhileStarting{TBuilder}"/>. The server listens
/// before the silo is up, so that a silo that waits for its storage can be told from one that hangs.
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

    // A path that does not exist needs it too: whether the caller may know that is for the keys to say, and they are in the cluster.
    private static bool NeedsCluster(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<WhileStartingRule>() is null;
}
