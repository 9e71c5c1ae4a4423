using System.Buffers;
using System.Globalization;
using System.Text;
using Serilog.Events;

namespace Prism.Silo.Logging;

/// <summary>
/// Writes control characters as <c>\u001b</c>: what a client or a provider sends must not steer the terminal that shows the log, nor begin a
/// line of its own in it.
/// </summary>
internal static class ControlCharacters
{
    // Among them those that turn the direction of a text round.
    private const string OfDirection = "\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069";

    private static readonly string Everything = string.Concat(Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(char.IsControl)) + OfDirection;

    private static readonly SearchValues<char> All = SearchValues.Create(Everything);

    private static readonly SearchValues<char> AllInJson = SearchValues.Create(Everything + "\"\\");

    private static readonly SearchValues<char> AllButLines = SearchValues.Create(
        string.Concat(Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(one => char.IsControl(one) && one is not ('\n' or '\r' or '\t'))) + OfDirection);

    /// <summary>Escapes those in a whole line of the log; its breaks are the log's own.</summary>
    public static string Escape(string line) => Escape(line, AllButLines);

    /// <summary>Escapes those in the values of an event, breaks of lines included.</summary>
    public static void EscapeValues(LogEvent logEvent)
    {
        List<LogEventProperty>? escaped = null;
        foreach (var (name, value) in logEvent.Properties)
        {
            if (value is ScalarValue { Value: string text } && text.AsSpan().ContainsAny(All))
            {
                (escaped ??= []).Add(new(name, new ScalarValue(Escape(text, All))));
            }
        }

        escaped?.ForEach(logEvent.AddOrUpdateProperty);
    }

    /// <summary>Appends a value of a line of text, breaks of lines escaped too.</summary>
    public static void AppendText(StringBuilder line, ReadOnlySpan<char> value) => Append(line, value, All);

    /// <summary>Appends what is between the quotation marks of a string in JSON.</summary>
    public static void AppendJson(StringBuilder line, ReadOnlySpan<char> value) => Append(line, value, AllInJson);

    private static void Append(StringBuilder line, ReadOnlySpan<char> value, SearchValues<char> escaped)
    {
        while (value.IndexOfAny(escaped) is >= 0 and var at)
        {
            line.Append(value[..at]);
            _ = value[at] switch
            {
                '"' or '\\' => line.Append('\\').Append(value[at]),
                '\n' when escaped == AllInJson => line.Append("\\n"),
                '\r' when escaped == AllInJson => line.Append("\\r"),
                '\t' when escaped == AllInJson => line.Append("\\t"),
                var control => line.Append(CultureInfo.InvariantCulture, $"\\u{(int)control:x4}"),
            };
            value = value[(at + 1)..];
        }

        line.Append(value);
    }

    private static string Escape(string text, SearchValues<char> controls)
    {
        if (!text.AsSpan().ContainsAny(controls))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        Append(escaped, text, controls);
        return escaped.ToString();
    }
}
