using System.Globalization;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Parsing;

namespace Prism.Silo.Logging;

/// <summary>Writes events and request lines in order, whole and without the configured secrets.</summary>
internal sealed class LineSink : ILogEventSink, IDisposable
{
    private static readonly MessageTemplate Loss = new MessageTemplateParser().Parse("{Count} log lines were dropped: the output is too slow");

    private readonly ITextFormatter _formatter;
    private readonly LineDrain _drain;

    public LineSink(Stream output, ITextFormatter formatter, SecretMask mask)
    {
        _formatter = formatter;
        _drain = new(output, mask, DescribeLoss);
    }

    public void Emit(LogEvent logEvent)
    {
        var line = Render(logEvent);
        _drain.Add(line.Written, logEvent.Level switch
        {
            LogEventLevel.Fatal => Urgency.BeforeTheEnd,
            >= LogEventLevel.Warning => Urgency.Now,
            _ => Urgency.Soon,
        });
        line.Return();
    }

    /// <summary>Writes the line of a request.</summary>
    public void Add(LineWriter line) => _drain.Add(line.Written, Urgency.Soon);

    public void Dispose() => _drain.Dispose();

    private LineWriter Render(LogEvent logEvent)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        _formatter.Format(logEvent, text);
        var line = LineWriter.Rent();
        ControlCharacters.WriteLines(line, text.ToString());
        return line;
    }

    private byte[] DescribeLoss(long count) => Render(new(
        TimeProvider.System.GetLocalNow(),
        LogEventLevel.Warning,
        exception: null,
        Loss,
        [new("Count", new ScalarValue(count)), new(Constants.SourceContextPropertyName, new ScalarValue(typeof(LineSink).FullName))])).Written.ToArray();
}
