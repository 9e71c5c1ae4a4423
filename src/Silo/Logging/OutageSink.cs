using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace Prism.Silo.Logging;

/// <summary>
/// Has what Redis throws be a reason at the end of a line, instead of a page of frames. An outage makes many such lines, in Orleans too, and frames
/// say nothing of it that the reason does not.
/// </summary>
internal sealed class OutageSink(ILogEventSink next) : ILogEventSink, IDisposable
{
    private const string Reason = "StorageFailure";
    private const int LongestReason = 200;

    private static readonly MessageTemplateParser Parser = new();

    /// <summary>
    /// What Redis has thrown at the bottom of an exception; null where it has nothing to do with it. Orleans' storage keeps some of it as text only.
    /// </summary>
    public static Exception? FindCause(Exception? exception)
    {
        while (exception is not null && exception.GetType().Namespace is not ("StackExchange.Redis" or "Orleans.Persistence.Redis"))
        {
            exception = exception.InnerException;
        }

        return exception;
    }

    public void Emit(LogEvent logEvent) => next.Emit(FindCause(logEvent.Exception) is { } cause ? Shorten(logEvent, cause) : logEvent);

    public void Dispose() => (next as IDisposable)?.Dispose();

    private static LogEvent Shorten(LogEvent logEvent, Exception cause)
    {
        var line = cause.Message.Split('\n', 2)[0].TrimEnd();
        var reason = $"{cause.GetType().Name}: {(line.Length > LongestReason ? line[..LongestReason] + "…" : line)}";
        return new(
            logEvent.Timestamp,
            logEvent.Level,
            exception: null,
            Parser.Parse($"{logEvent.MessageTemplate.Text} ({{{Reason}:l}})"),
            [.. logEvent.Properties.Select(property => new LogEventProperty(property.Key, property.Value)), new(Reason, new ScalarValue(reason))],
            logEvent.TraceId.GetValueOrDefault(),
            logEvent.SpanId.GetValueOrDefault());
    }
}
