using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace Prism.Silo.Logging;

/// <summary>
/// One JSON object a line (<see href="https://clef-json.org"/>, with the rendered message). As <see cref="RenderedCompactJsonFormatter"/>, but the
/// values in the message have no quotation marks.
/// </summary>
internal sealed class JsonLineFormatter : ITextFormatter
{
    private static readonly MessageTemplateTextFormatter Message = new("{Message:l}", CultureInfo.InvariantCulture);
    private static readonly JsonValueFormatter Values = new(typeTagName: "$type");

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write("{\"@t\":\"");
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("O"));
        output.Write("\",\"@m\":");
        WriteText(Render(logEvent), output);
        output.Write(",\"@i\":\"");
        output.Write(EventIdHash.Compute(logEvent.MessageTemplate.Text).ToString("x8", CultureInfo.InvariantCulture));
        output.Write('"');
        if (logEvent.Level != LogEventLevel.Information)
        {
            Write("@l", logEvent.Level.ToString(), output);
        }

        Write("@x", logEvent.Exception?.ToString(), output);
        Write("@tr", logEvent.TraceId?.ToHexString(), output);
        Write("@sp", logEvent.SpanId?.ToHexString(), output);
        foreach (var (name, value) in logEvent.Properties)
        {
            output.Write(',');
            WriteText(name is ['@', ..] ? "@" + name : name, output);
            output.Write(':');
            Values.Format(value, output);
        }

        output.WriteLine('}');
    }

    private static string Render(LogEvent logEvent)
    {
        using var message = new StringWriter(CultureInfo.InvariantCulture);
        Message.Format(logEvent, message);
        return message.ToString();
    }

    private static void Write(string name, string? text, TextWriter output)
    {
        if (text is not null)
        {
            output.Write(",\"");
            output.Write(name);
            output.Write("\":");
            WriteText(text, output);
        }
    }

    private static void WriteText(string text, TextWriter output) => JsonValueFormatter.WriteQuotedJsonString(text, output);
}
