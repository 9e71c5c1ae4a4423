using Serilog;
using Serilog.Events;

namespace Prism.Logging;

/// <summary>Logs each request in one line.</summary>
internal static class RequestLogging
{
    private const string Template = "{Method:l} {Path:l} {StatusCode} in {ElapsedMs:0.0} ms";

    private const int MaxProviderLength = 64;

    /// <summary>
    /// Logs each request at its end, whatever the Gateway adds to Serilog's diagnostic context included. Has to be before all that answers
    /// requests. A client that left is logged as status 499.
    /// </summary>
    public static IApplicationBuilder UsePrismRequestLogging(this IApplicationBuilder app)
    {
        app.UseSerilogRequestLogging(options =>
        {
            options.Logger = app.ApplicationServices.GetRequiredService<Serilog.ILogger>();
            options.MessageTemplate = Template;
            options.GetLevel = (context, _, exception) => GetLevel(context.Request.Path, GetStatus(context, exception));
            options.GetMessageTemplateProperties = (context, _, elapsedMs, status) =>
            [
                new("Method", new ScalarValue(context.Request.Method)),
                new("Path", new ScalarValue(GetPath(context.Request))),
                new("StatusCode", new ScalarValue(HasLeft(context) ? StatusCodes.Status499ClientClosedRequest : status)),
                new("ElapsedMs", new ScalarValue(elapsedMs)),
                new("RequestId", new ScalarValue(context.TraceIdentifier)),
            ];
        });
        return app;
    }

    private static bool HasLeft(HttpContext context) => context.RequestAborted.IsCancellationRequested;

    private static int GetStatus(HttpContext context, Exception? exception) =>
        HasLeft(context) ? StatusCodes.Status499ClientClosedRequest
        : exception is not null ? StatusCodes.Status500InternalServerError
        : context.Response.StatusCode;

    private static LogEventLevel GetLevel(PathString path, int status) =>
        (IsProbe(path), status >= StatusCodes.Status500InternalServerError) switch
        {
            (true, false) => LogEventLevel.Debug,
            // A silo that drains fails its readiness probe by design, every few seconds.
            (true, true) => LogEventLevel.Warning,
            (false, false) => LogEventLevel.Information,
            (false, true) => LogEventLevel.Error,
        };

    /// <summary>Whether it is what probes and scrapers ask, every few seconds.</summary>
    public static bool IsProbe(PathString path) =>
        path.StartsWithSegments("/healthz", StringComparison.Ordinal)
        || path.Equals(Metrics.MetricsExtensions.Path, StringComparison.Ordinal);

    // Escaped, so that it stays on its line; and of the query only the provider, since anything else in it may be private.
    private static string GetPath(HttpRequest request)
    {
        var path = request.Path.ToUriComponent();
        return request.Query["provider"] is [{ Length: > 0 and <= MaxProviderLength } provider]
            ? $"{path}?provider={Uri.EscapeDataString(provider)}"
            : path;
    }
}
