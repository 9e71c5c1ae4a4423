using System.Collections.Concurrent;
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

    // In the order of the line. Unknown facts are left out.
    private static readonly RequestFact[] Facts =
    [
        new NumberFact<double>(", first token after {FirstTokenMs:0.0} ms", static log => log.FirstTokenMs),
        new TextFact(", caller {Caller}", static log => log.Caller),
        new TextFact(", provider {Provider}", static log => log.Provider),
        new TextFact(", model {Model}", static log => log.Model),
        new NumberFact<int>(", {PromptTokens} prompt tokens", static log => log.PromptTokens),
        new NumberFact<int>(", {CompletionTokens} answer tokens", static log => log.CompletionTokens),
        new NumberFact<decimal>(", USD {CostUsd:0.#########}", static log => log.CostUsd),
        new TextFact(", cache {Cache}", static log => log.Cache),
        new NumberFact<int>(", attempts {Attempts}", static log => log.Attempts),
        new TextFact(", run {Run}", static log => log.Run),
        new TextFact(", error {Error}", static log => log.Error),
    ];

    // Ids of message templates by the known facts. There are a few dozen combinations.
    private static readonly ConcurrentDictionary<int, string> TemplateIds = new();

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

    /// <summary>Appends it as one line of JSON.</summary>
    public void AppendJson(StringBuilder line)
    {
        line.Append("{\"@t\":\"");
        RequestFact.Append(line, EndedAt.UtcDateTime, "O");
        line.Append("\",\"@m\":\"");
        var facts = AppendMessage(line, LogFormat.Json);
        Append(line, "\",\"@i\":\"", TemplateIds.GetOrAdd(facts, static facts => ComputeTemplateId(facts)));
        Append(line, "\",\"@l\":\"", Level == LogEventLevel.Information ? null : Level.ToString());
        Append(line, "\",\"@x\":\"", Exception?.ToString());
        if (Activity is { } activity)
        {
            Append(line, "\",\"@tr\":\"", activity.TraceId.ToHexString());
            Append(line, "\",\"@sp\":\"", activity.SpanId.ToHexString());
        }

        line.Append('"');
        for (var i = 0; i < Facts.Length; i++)
        {
            if ((facts & (1 << i)) != 0)
            {
                Facts[i].AppendProperty(line, Log);
            }
        }

        if (Log is { PromptTokens: not null, CostUsd: null })
        {
            // The price is unknown.
            line.Append(",\"CostUsd\":null");
        }

        Append(line, ",\"Method\":\"", Method);
        Append(line, "\",\"Path\":\"", Path);
        line.Append("\",\"StatusCode\":");
        RequestFact.Append(line, StatusCode);
        line.Append(",\"ElapsedMs\":");
        RequestFact.Append(line, ElapsedMs);
        Append(line, ",\"RequestId\":\"", RequestId);
        Append(line, "\",\"SourceContext\":\"", typeof(RequestLogMiddleware).FullName);
        line.Append("\"}").AppendLine();
    }

    /// <summary>Appends it as a text line.</summary>
    public void AppendText(StringBuilder line)
    {
        RequestFact.Append(line, EndedAt.LocalDateTime, "HH:mm:ss.fff");
        line.Append(' ').Append(Level switch
        {
            LogEventLevel.Debug => "DBG",
            LogEventLevel.Warning => "WRN",
            LogEventLevel.Error => "ERR",
            _ => "INF",
        }).Append(' ');
        AppendMessage(line, LogFormat.Text);
        line.AppendLine();
        if (Exception is { } exception)
        {
            line.AppendLine(ControlCharacters.Escape(exception.ToString()));
        }
    }

    private static void Append(StringBuilder line, string before, string? value)
    {
        if (value is not null)
        {
            line.Append(before);
            ControlCharacters.AppendJson(line, value);
        }
    }

    /// <returns>The known facts.</returns>
    private int AppendMessage(StringBuilder line, LogFormat format)
    {
        RequestFact.Append(line, Method, format);
        RequestFact.Append(line.Append(' '), Path, format);
        RequestFact.Append(line.Append(' '), StatusCode);
        RequestFact.Append(line.Append(" in "), ElapsedMs, "0.0");
        line.Append(" ms");
        var facts = 0;
        for (var i = 0; i < Facts.Length; i++)
        {
            if (Facts[i].IsKnown(Log))
            {
                Facts[i].AppendToMessage(line, Log, format);
                facts |= 1 << i;
            }
        }

        RequestFact.Append(line.Append(", "), RequestId, format);
        return facts;
    }

    private static string ComputeTemplateId(int facts)
    {
        var template = Start + string.Concat(Facts.Where((_, i) => (facts & (1 << i)) != 0).Select(fact => fact.Template)) + End;
        return EventIdHash.Compute(template).ToString("x8", CultureInfo.InvariantCulture);
    }
}
