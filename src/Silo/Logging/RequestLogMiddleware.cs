using System.Diagnostics;
using Prism.Gateway.Logging;
using Prism.Silo.Telemetry;

namespace Prism.Silo.Logging;

/// <summary>Logs each request in one line at its end, with the values in its <see cref="RequestLog"/>.</summary>
internal sealed class RequestLogMiddleware(RequestDelegate next, LineSink sink, LogLimits limits, LogOutput output, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var begun = time.GetTimestamp();
        var log = context.GetLog();
        using var trace = ClientTrace.Continue(context.Request);
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            Write(context, log, begun, exception);
            throw;
        }

        Write(context, log, begun, exception: null);
    }

    private void Write(HttpContext context, RequestLog log, long begun, Exception? exception)
    {
        var status = RequestLogging.GetStatus(context, exception);
        var level = RequestLogging.GetLevel(context.GetEndpoint(), status);
        if (!limits.IsEnabled(level))
        {
            return;
        }

        var line = LineWriter.Rent();
        new RequestLine
        {
            EndedAt = time.GetUtcNow(),
            Level = level,
            Method = context.Request.Method,
            Path = RequestLogging.GetPath(context.Request),
            StatusCode = status,
            ElapsedMs = time.GetElapsedTime(begun).TotalMilliseconds,
            RequestId = context.TraceIdentifier,
            Log = log,
            Exception = exception,
            Activity = Activity.Current,
        }.Write(line, output.Format);
        sink.Add(line);
        line.Return();
    }
}
