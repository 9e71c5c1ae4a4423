using System.Diagnostics;
using System.Globalization;
using System.Text;
using Prism.Gateway.Logging;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace Prism.Silo.Logging;

/// <summary>The log line of a request.</summary>
/// <remarks>
/// It looks like a Serilog event in <see cref="JsonLineFormatter"/> or <see cref="TextLineFormatter"/>, and is written without one: an event with its
/// properties, template and rendering would cost a tenth of a proxied request.
/// </remarks>
internal readonly struct RequestLine
{
    private const string Start = "{Method} {Path} {StatusCode} in {ElapsedMs:0.0} ms";
    private const string End = ", {RequestId}";

    // Method, path, status and id are in every line.
    private const int Frame = 4;

    // In the order of the line. Unknown facts are left out.
    private static readonly RequestFact[] Facts =
    [
        new NumberFact<double>(", first token after {FirstTokenMs:0.0} ms", static log => log.FirstTokenMs, LineNumbers.WriteTenths, LineNumbers.WriteAll),
        new TextFact(", caller {Caller}", static log => log.Caller),
        new TextFact(", provider {Provider}", static log => log.Provider),
        new TextFact(", model {Model}", static log => log.Model),
        Count(", {PromptTokens} prompt tokens", static log => log.PromptTokens),
        Count(", {CompletionTokens} answer tokens", static log => log.CompletionTokens),
        new NumberFact<decimal>(", USD {CostUsd:0.#########}", static log => log.CostUsd, LineNumbers.WriteUsd, static (line, usd) => line.Write(usd)),
        new TextFact(", cache {Cache}", static log => log.Cache),
        Count(", attempts {Attempts}", static log => log.Attempts),
        new TextFact(", run {Run}", static log => log.Run),
        new TextFact(", error {Error}", static log => log.Error),
    ];

    private static readonly byte[] EndOfJson =
        Encoding.UTF8.GetBytes($"\",\"SourceContext\":\"{typeof(RequestLogMiddleware).FullName}\"}}{Environment.NewLine}");

    // Ids of message templates by the known facts, once they are needed.
    private static readonly byte[]?[] TemplateIds = new byte[1 << Facts.Length][];

    public required DateTimeOffset EndedAt { get; init; }

    public required LogEventLevel Level { get; init; }

    public required string Method { get; init; }

    /// <summary>Escaped as in a URL.</summary>
    public required string Path { get; init; }

    public required int StatusCode { get; init; }

    public required double ElapsedMs { get; init; }

    public required string RequestId { get; init; }

    public required RequestLog Log { get; init; }

    public required Exception? Exception { get; init; }

    public required Activity? Activity { get; init; }

    /// <summary>Writes it as one line.</summary>
    public void Write(LineWriter line, LogFormat format)
    {
        if (format == LogFormat.Json)
        {
            WriteJson(line);
        }
        else
        {
            WriteText(line);
        }
    }

    private static void Write(LineWriter line, ReadOnlySpan<byte> before, string? value)
    {
        if (value is not null)
        {
            line.Write(before);
            ControlCharacters.WriteJson(line, value);
        }
    }

    private static void Write(LineWriter line, ReadOnlySpan<byte> before, Place value)
    {
        line.Write(before);
        line.Copy(value);
    }

    private void WriteJson(LineWriter line)
    {
        line.Write("{\"@t\":\""u8);
        line.Write(EndedAt.UtcDateTime, "O");
        line.Write("\",\"@m\":\""u8);
        Span<Place> places = stackalloc Place[Frame + Facts.Length];
        var facts = WriteMessage(line, LogFormat.Json, places);
        line.Write("\",\"@i\":\""u8);
        line.Write(TemplateIds[facts] ??= ComputeTemplateId(facts));
        Write(line, "\",\"@l\":\""u8, Level == LogEventLevel.Information ? null : Level.ToString());
        Write(line, "\",\"@x\":\""u8, Exception?.ToString());
        if (Activity is { } activity)
        {
            line.Write("\",\"@tr\":\""u8);
            line.WriteAscii(activity.TraceId.ToHexString());
            line.Write("\",\"@sp\":\""u8);
            line.WriteAscii(activity.SpanId.ToHexString());
        }

        line.Write((byte)'"');
        WriteProperties(line, facts, places);
        line.Write(EndOfJson);
    }

    private void WriteProperties(LineWriter line, int facts, ReadOnlySpan<Place> places)
    {
        for (var i = 0; i < Facts.Length; i++)
        {
            if ((facts & (1 << i)) != 0)
            {
                Facts[i].WriteProperty(line, Log, places[Frame + i]);
            }
        }

        if (Log is { PromptTokens: not null, CostUsd: null })
        {
            // The price is unknown.
            line.Write(",\"CostUsd\":null"u8);
        }

        Write(line, ",\"Method\":\""u8, places[0]);
        Write(line, "\",\"Path\":\""u8, places[1]);
        Write(line, "\",\"StatusCode\":"u8, places[2]);
        line.Write(",\"ElapsedMs\":"u8);
        LineNumbers.WriteAll(line, ElapsedMs);
        Write(line, ",\"RequestId\":\""u8, places[3]);
    }

    private void WriteText(LineWriter line)
    {
        line.Write(EndedAt.LocalDateTime, "HH:mm:ss.fff");
        line.Write(Level switch
        {
            LogEventLevel.Debug => " DBG "u8,
            LogEventLevel.Warning => " WRN "u8,
            LogEventLevel.Error => " ERR "u8,
            _ => " INF "u8,
        });
        WriteMessage(line, LogFormat.Text, stackalloc Place[Frame + Facts.Length]);
        line.WriteAscii(Environment.NewLine);
        if (Exception is { } exception)
        {
            ControlCharacters.WriteLines(line, exception.ToString());
            line.WriteAscii(Environment.NewLine);
        }
    }

    /// <param name="line">The line.</param>
    /// <param name="format">Its format.</param>
    /// <param name="places">Receives the places of method, path, status and id, and of the facts.</param>
    /// <returns>The known facts.</returns>
    private int WriteMessage(LineWriter line, LogFormat format, Span<Place> places)
    {
        places[0] = ControlCharacters.Write(line, Method, format);
        line.Write((byte)' ');
        places[1] = ControlCharacters.Write(line, Path, format);
        line.Write((byte)' ');
        places[2] = line.Write(StatusCode);
        line.Write(" in "u8);
        LineNumbers.WriteTenths(line, ElapsedMs);
        line.Write(" ms"u8);
        var facts = 0;
        for (var i = 0; i < Facts.Length; i++)
        {
            if (Facts[i].IsKnown(Log))
            {
                places[Frame + i] = Facts[i].WriteToMessage(line, Log, format);
                facts |= 1 << i;
            }
        }

        line.Write(", "u8);
        places[3] = ControlCharacters.Write(line, RequestId, format);
        return facts;
    }

    private static NumberFact<int> Count(string template, Func<RequestLog, int?> find) =>
        new(template, find, static (line, count) => line.Write(count), static (line, count) => line.Write(count));

    private static byte[] ComputeTemplateId(int facts)
    {
        var template = Start + string.Concat(Facts.Where((_, i) => (facts & (1 << i)) != 0).Select(fact => fact.Template)) + End;
        return Encoding.UTF8.GetBytes(EventIdHash.Compute(template).ToString("x8", CultureInfo.InvariantCulture));
    }
}
