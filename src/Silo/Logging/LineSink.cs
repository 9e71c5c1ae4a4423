using System.Globalization;
using System.Text;
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

    public LineSink(TextWriter output, ITextFormatter formatter, SecretMask mask)
    {
        _formatter = formatter;
        _drain = new(output, mask, DescribeLoss);
    }

    public void Emit(LogEvent logEvent) => _drain.Add(Render(logEvent), logEvent.Level switch
    {
        LogEventLevel.Fatal => Urgency.BeforeTheEnd,
        >= LogEventLevel.Warning => Urgency.Now,
        _ => Urgency.Soon,
    });

    /// <summary>Writes the line of a request.</summary>
    public void Add(StringBuilder line)
    {
        var chunks = line.GetChunks().GetEnumerator();
        chunks.MoveNext();
        var first = chunks.Current.Span;
        // Nearly always there is one.
        _drain.Add(first.Length == line.Length ? first : line.ToString(), Urgency.Soon);
    }

    public void Dispose() => _drain.Dispose();

    private string Render(LogEvent logEvent)
    {
        using var line = new StringWriter(CultureInfo.InvariantCulture);
        _formatter.Format(logEvent, line);
        return ControlCharacters.Escape(line.ToString());
    }

    private string DescribeLoss(long count) => Render(new(
        TimeProvider.System.GetLocalNow(),
        LogEventLevel.Warning,
        exception: null,
        Loss,
        [new("Count", new ScalarValue(count)), new(Constants.SourceContextPropertyName, new ScalarValue(typeof(LineSink).FullName))]));
}
