using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Prism.Gateway.Logging;
using Prism.Gateway.RequestIds;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace Prism.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class CollectedLog : ILogEventSink
{
    private static readonly MessageTemplate Summary = new MessageTemplateParser().Parse("Answered {StatusCode}");

    private readonly Channel<LogEvent> _events = Channel.CreateUnbounded<LogEvent>();

    public void Emit(LogEvent logEvent)
    {
        if (CurrentRequest.Id is { } id)
        {
            logEvent.AddPropertyIfAbsent(new("RequestId", new ScalarValue(id)));
        }

        _events.Writer.TryWrite(logEvent);
    }

    /// <summary>Keeps what a host is to log of a request, once it has ended.</summary>
    public async Task SummarizeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            Summarize(context, context.Response.StatusCode, null);
        }
        catch (Exception exception)
        {
            Summarize(context, StatusCodes.Status500InternalServerError, exception);
            throw;
        }
    }

    private void Summarize(HttpContext context, int status, Exception? exception)
    {
        var log = context.GetLog();
        var known = typeof(RequestLog).GetProperties()
            .Select(property => (property.Name, Value: property.GetValue(log)))
            .Append(("StatusCode", status))
            .Append(("Elapsed", 0))
            .Append(("RequestId", context.TraceIdentifier))
            .Select(property => new LogEventProperty(property.Name, new ScalarValue(property.Value)));
        Emit(new(DateTimeOffset.UnixEpoch, LogEventLevel.Information, exception, Summary, known));
    }

    /// <summary>What has been logged and not been asked for yet, as text.</summary>
    public List<string> Drain() => DrainEvents().ConvertAll(logEvent => logEvent.RenderMessage(CultureInfo.InvariantCulture));

    /// <summary>The same, as events.</summary>
    public List<LogEvent> DrainEvents()
    {
        var events = new List<LogEvent>();
        while (_events.Reader.TryRead(out var logEvent))
        {
            events.Add(logEvent);
        }

        return events;
    }

    /// <summary>The summary of the next request; it is written after the response.</summary>
    public Task<LogEvent> NextRequestAsync() => NextAsync(logEvent => logEvent.Properties.ContainsKey("StatusCode") && logEvent.Properties.ContainsKey("Elapsed"));

    /// <summary>The next event that is looked for; those before it are gone.</summary>
    public async Task<LogEvent> NextAsync(Predicate<LogEvent> wanted)
    {
        while (true)
        {
            var logEvent = await _events.Reader.ReadAsync().AsTask().WaitAsync(GatewayHost.Deadline);
            if (wanted(logEvent))
            {
                return logEvent;
            }
        }
    }
}
