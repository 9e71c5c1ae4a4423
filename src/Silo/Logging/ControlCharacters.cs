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

    private static readonly SearchValues<char> AllButLines = SearchValues.Create(string.Concat(Everything.Where(one => one is not ('\n' or '\r' or '\t'))));

    // Nearly every value has only these. They are faster to find than the sets above, which have characters beyond ASCII.
    private static readonly SearchValues<char> NeverEscaped =
        SearchValues.Create(string.Concat(Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code).Where(one => one is not ('"' or '\\'))));

    /// <summary>Escapes the values of an event, including line breaks.</summary>
    public static void EscapeValues(LogEvent logEvent)
    {
        List<LogEventProperty>? escaped = null;
        foreach (var (name, value) in logEvent.Properties)
        {
            if (value is ScalarValue { Value: string text } && text.AsSpan().ContainsAny(All))
            {
                (escaped ??= []).Add(new(name, new ScalarValue(Escape(text))));
            }
        }

        escaped?.ForEach(logEvent.AddOrUpdateProperty);
    }

    /// <summary>Writes text that may have line breaks of its own.</summary>
    public static void WriteLines(LineWriter line, ReadOnlySpan<char> text) => Write(line, text, AllButLines);

    /// <summary>Writes the content of a JSON string.</summary>
    public static Place WriteJson(LineWriter line, ReadOnlySpan<char> value) => Write(line, value, AllInJson);

    /// <summary>Writes a value, with line breaks escaped too.</summary>
    public static Place Write(LineWriter line, ReadOnlySpan<char> value, LogFormat format) => Write(line, value, format == LogFormat.Json ? AllInJson : All);

    private static Place Write(LineWriter line, ReadOnlySpan<char> value, SearchValues<char> escaped)
    {
        var start = line.Length;
        if (value.ContainsAnyExcept(NeverEscaped))
        {
            WriteEscaped(line, value, escaped);
        }
        else
        {
            line.WriteAscii(value);
        }

        return new(start, line.Length - start);
    }

    private static void WriteEscaped(LineWriter line, ReadOnlySpan<char> value, SearchValues<char> escaped)
    {
        while (value.IndexOfAny(escaped) is >= 0 and var at)
        {
            line.Write(value[..at]);
            line.Write(value[at] switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' when escaped == AllInJson => "\\n",
                '\r' when escaped == AllInJson => "\\r",
                '\t' when escaped == AllInJson => "\\t",
                var control => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)control:x4}"),
            });
            value = value[(at + 1)..];
        }

        line.Write(value);
    }

    private static string Escape(string text)
    {
        var line = LineWriter.Rent();
        WriteEscaped(line, text, All);
        var escaped = Encoding.UTF8.GetString(line.Written);
        line.Return();
        return escaped;
    }
}
