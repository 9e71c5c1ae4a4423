using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace Prism.Silo.Logging;

/// <summary>
/// Reduces an exception of Redis to a reason at the end of a line, instead of a page of frames. An outage causes many such lines, in Orleans too, and
/// the frames add nothing to the reason.
/// </summary>
internal sealed class OutageSink(ILogEventSink next) : ILogEventSink, IDisposable
{
    private const string Reason = "StorageFailure";
    private const int LongestReason = 200;

    private static readonly MessageTemplateParser Parser = new();

    /// <summary>
    /// The exception of Redis inside another; null if there is none. Orleans' storage keeps some of them as text only.
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
