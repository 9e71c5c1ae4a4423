using System.Buffers;
using System.Globalization;
using System.Text;
using Serilog.Events;

namespace Prism.Silo.Logging;

/// <summary>
/// Writes control characters as <c>\u001b</c>: text from a client or a provider must not control the terminal that shows the log, nor start a line in
/// it.
/// </summary>
internal static class ControlCharacters
{
    // These include characters that reverse the direction of text.
    private const string OfDirection = "\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069";

    private static readonly string Everything = string.Concat(Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(char.IsControl)) + OfDirection;

    private static readonly SearchValues<char> All = SearchValues.Create(Everything);

    private static readonly SearchValues<char> AllInJson = SearchValues.Create(Everything + "\"\\");

    private static readonly SearchValues<char> AllButLines = SearchValues.Create(
        string.Concat(Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(one => char.IsControl(one) && one is not ('\n' or '\r' or '\t'))) + OfDirection);

    /// <summary>Escapes a whole line of the log, except its own line breaks.</summary>
    public static string Escape(string line) => Escape(line, AllButLines);

    /// <summary>Escapes the values of an event, including line breaks.</summary>
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

    /// <summary>Appends a value of a text line, with line breaks escaped too.</summary>
    public static void AppendText(StringBuilder line, ReadOnlySpan<char> value) => Append(line, value, All);

    /// <summary>Appends the content of a JSON string.</summary>
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
