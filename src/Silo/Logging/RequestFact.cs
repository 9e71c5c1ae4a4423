using System.Globalization;
using System.Text;
using Prism.Gateway.Logging;

namespace Prism.Silo.Logging;

/// <summary>One fact of a request: a part of the message of its line, and a property.</summary>
/// <param name="template">Its part of the message template, <c>", attempts {Attempts}"</c>, with the property's name between the braces.</param>
internal abstract class RequestFact(string template)
{
    private readonly string _before = template[..template.IndexOf('{', StringComparison.Ordinal)];
    private readonly string _after = template[(template.IndexOf('}', StringComparison.Ordinal) + 1)..];

    /// <summary>The part of the message template.</summary>
    public string Template => template;

    /// <summary>The part between the braces behind the colon.</summary>
    protected string? Format { get; } = HoleOf(template) is [_, var format] ? format : null;

    private string Name { get; } = HoleOf(template)[0];

    public abstract bool IsKnown(RequestLog log);

    public void AppendToMessage(StringBuilder line, RequestLog log, LogFormat lineFormat)
    {
        line.Append(_before);
        AppendValue(line, log, lineFormat);
        line.Append(_after);
    }

    public void AppendProperty(StringBuilder line, RequestLog log)
    {
        line.Append(",\"").Append(Name).Append("\":");
        AppendJson(line, log);
    }

    /// <summary>Appends a text, escaped for its line.</summary>
    public static void Append(StringBuilder line, string value, LogFormat lineFormat)
    {
        if (lineFormat == LogFormat.Json)
        {
            ControlCharacters.AppendJson(line, value);
        }
        else
        {
            ControlCharacters.AppendText(line, value);
        }
    }

    /// <summary>Appends a number.</summary>
    public static void Append<T>(StringBuilder line, T value, string? format = null)
        where T : struct, ISpanFormattable
    {
        Span<char> text = stackalloc char[64];
        line.Append(value.TryFormat(text, out var length, format, CultureInfo.InvariantCulture)
            ? text[..length]
            : value.ToString(format, CultureInfo.InvariantCulture));
    }

    protected abstract void AppendValue(StringBuilder line, RequestLog log, LogFormat lineFormat);

    protected abstract void AppendJson(StringBuilder line, RequestLog log);

    private static string[] HoleOf(string template) => template.Split('{', '}')[1].Split(':');
}

/// <summary>A text, perhaps of a client or a provider.</summary>
internal sealed class TextFact(string template, Func<RequestLog, string?> find) : RequestFact(template)
{
    public override bool IsKnown(RequestLog log) => find(log) is not null;

    protected override void AppendValue(StringBuilder line, RequestLog log, LogFormat lineFormat) => Append(line, find(log)!, lineFormat);

    protected override void AppendJson(StringBuilder line, RequestLog log)
    {
        line.Append('"');
        ControlCharacters.AppendJson(line, find(log));
        line.Append('"');
    }
}

/// <summary>A number.</summary>
internal sealed class NumberFact<T>(string template, Func<RequestLog, T?> find) : RequestFact(template)
    where T : struct, ISpanFormattable
{
    public override bool IsKnown(RequestLog log) => find(log) is not null;

    protected override void AppendValue(StringBuilder line, RequestLog log, LogFormat lineFormat) => Append(line, find(log)!.Value, Format);

    protected override void AppendJson(StringBuilder line, RequestLog log) => Append(line, find(log)!.Value);
}
