using System.Globalization;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Formatting;

namespace Prism.Silo.Logging;

/// <summary>
/// Writes events in their order, whole and without the configured secrets. What is wrong is written at once, since the process may be about to
/// end; all else soon and together, so that no request waits for it and many lines are one write.
/// </summary>
internal sealed class LineSink : ILogEventSink, IDisposable
{
    private const LogEventLevel AtOnce = LogEventLevel.Warning;

    // Where they cannot be written so fast, requests wait: none is dropped, and they do not fill the memory.
    private const int MostWaiting = 2_000;

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);

    private readonly TextWriter _output;
    private readonly ITextFormatter _formatter;
    private readonly SecretMask _mask;
    private readonly Timer _timer;
    private readonly StringWriter _line = new(CultureInfo.InvariantCulture);
    private readonly Lock _writing = new();
    private readonly Lock _queue = new();
    private List<LogEvent> _waiting = [];
    private List<LogEvent> _written = [];

    public LineSink(TextWriter output, ITextFormatter formatter, SecretMask mask)
    {
        (_output, _formatter, _mask) = (output, formatter, mask);
        _timer = new(static sink => ((LineSink)sink!).Flush(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Emit(LogEvent logEvent)
    {
        int count;
        lock (_queue)
        {
            _waiting.Add(logEvent);
            count = _waiting.Count;
        }

        if (logEvent.Level >= AtOnce || count >= MostWaiting)
        {
            Flush();
        }
        else if (count == 1)
        {
            _timer.Change(Soon, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        Flush();
        _line.Dispose();
    }

    private void Flush()
    {
        lock (_writing)
        {
            lock (_queue)
            {
                (_waiting, _written) = (_written, _waiting);
            }

            try
            {
                _written.ForEach(WriteLine);
                _output.Flush();
            }
            catch (Exception exception)
            {
                // The reader of the output is gone, say. That is no reason to end with it.
                SelfLog.WriteLine("Log lines could not be written: {0}", exception);
            }

            _written.Clear();
        }
    }

    // One by one: all of them in one string would be a large object each time.
    private void WriteLine(LogEvent logEvent)
    {
        _line.GetStringBuilder().Clear();
        _formatter.Format(logEvent, _line);
        _output.Write(ControlCharacters.Escape(_mask.Apply(_line.ToString())));
    }
}
