using System.Globalization;
using System.Threading.Channels;
using Serilog.Core;
using Serilog.Events;

namespace Prism.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class CollectedLog : ILogEventSink
{
    private readonly Channel<LogEvent> _events = Channel.CreateUnbounded<LogEvent>();

    public void Emit(LogEvent logEvent) => _events.Writer.TryWrite(logEvent);

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
