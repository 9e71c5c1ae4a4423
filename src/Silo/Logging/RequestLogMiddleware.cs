using System.Diagnostics;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Hosting;

namespace Prism.Silo.Logging;

/// <summary>Logs each request in one line at its end, with whatever the Gateway has put into Serilog's diagnostic context.</summary>
internal sealed class RequestLogMiddleware(RequestDelegate next, DiagnosticContext diagnostics, TimeProvider time, Serilog.ILogger logger)
{
    private const string RequestId = "RequestId";

    private readonly Serilog.ILogger _logger = logger.ForContext(Constants.SourceContextPropertyName, typeof(RequestLogMiddleware).FullName);

    public async Task InvokeAsync(HttpContext context)
    {
        var begun = time.GetTimestamp();
        using var collector = diagnostics.BeginCollection();
        try
        {
            await next(context);
            Log(context, begun, collector, null);
        }
        catch (Exception exception)
        {
            Log(context, begun, collector, exception);
            throw;
        }
    }

    private void Log(HttpContext context, long begun, DiagnosticContextCollector collector, Exception? exception)
    {
        var status = RequestLogging.GetStatus(context, exception);
        var level = RequestLogging.GetLevel(context.GetEndpoint(), status);
        if (!_logger.IsEnabled(level))
        {
            return;
        }

        collector.TryComplete(out var collected, out var reported);
        List<LogEventProperty> properties =
        [
            .. (collected ?? []).Where(property => property.Name != RequestId),
            Property("Method", context.Request.Method),
            Property("Path", RequestLogging.GetPath(context.Request)),
            Property("StatusCode", status),
            Property("ElapsedMs", time.GetElapsedTime(begun).TotalMilliseconds),
            Property(RequestId, context.TraceIdentifier),
        ];
        var activity = Activity.Current;
        _logger.Write(new LogEvent(
            time.GetLocalNow(),
            level,
            exception ?? reported,
            RequestMessage.TemplateFor(properties),
            properties,
            activity?.TraceId ?? default,
            activity?.SpanId ?? default));
    }

    private static LogEventProperty Property(string name, object value) => new(name, new ScalarValue(value));
}
