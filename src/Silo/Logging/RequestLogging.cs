using Prism.Gateway.Health;
using Serilog.Events;

namespace Prism.Silo.Logging;

/// <summary>Logs each request in one line.</summary>
internal static class RequestLogging
{
    private const int MaxProviderLength = 64;

    /// <summary>
    /// Logs each request at its end, with whatever its stages have set in its <see cref="Gateway.Logging.RequestLog"/>. Has to be before all that
    /// answers requests. A client that left is logged as status 499.
    /// </summary>
    public static IApplicationBuilder UsePrismRequestLogging(this IApplicationBuilder app) => app.UseMiddleware<RequestLogMiddleware>();

    private static bool HasLeft(HttpContext context) => context.RequestAborted.IsCancellationRequested;

    /// <summary>The logged status: for a disconnected client and for an exception, it is not that of the response.</summary>
    public static int GetStatus(HttpContext context, Exception? exception) =>
        HasLeft(context) ? StatusCodes.Status499ClientClosedRequest
        : exception is not null ? StatusCodes.Status500InternalServerError
        : context.Response.StatusCode;

    /// <summary>The level of the line.</summary>
    public static LogEventLevel GetLevel(Endpoint? endpoint, int status) =>
        (endpoint?.Metadata.GetMetadata<ProbeRule>() is not null, status >= StatusCodes.Status500InternalServerError) switch
        {
            (true, false) => LogEventLevel.Debug,
            // A draining silo fails its readiness probe by design, every few seconds.
            (true, true) => LogEventLevel.Warning,
            (false, false) => LogEventLevel.Information,
            (false, true) => LogEventLevel.Error,
        };

    /// <summary>The path, escaped, with only the provider of the query: other values may be private.</summary>
    public static string GetPath(HttpRequest request)
    {
        var path = request.Path.ToUriComponent();
        return request.Query["provider"] is [{ Length: > 0 and <= MaxProviderLength } provider]
            ? $"{path}?provider={Uri.EscapeDataString(provider)}"
            : path;
    }
}
