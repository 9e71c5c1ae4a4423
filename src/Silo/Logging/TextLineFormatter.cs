using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace Prism.Silo.Logging;

/// <summary>A text line: time, level, message, and the id of its request.</summary>
internal sealed class TextLineFormatter : ITextFormatter
{
    private const string RequestId = "RequestId";
    private const string Line = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:l}";
    private const string End = "{NewLine}{Exception}";

    private static readonly MessageTemplateTextFormatter Plain = new(Line + End, CultureInfo.InvariantCulture);
    private static readonly MessageTemplateTextFormatter OfRequest = new(Line + " [{" + RequestId + ":l}]" + End, CultureInfo.InvariantCulture);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        ControlCharacters.EscapeValues(logEvent);
        (NamesRequest(logEvent) ? OfRequest : Plain).Format(logEvent, output);
    }

    // Unless the message has it already.
    private static bool NamesRequest(LogEvent logEvent) =>
        logEvent.Properties.ContainsKey(RequestId) && !logEvent.MessageTemplate.Text.Contains("{" + RequestId, StringComparison.Ordinal);
}
