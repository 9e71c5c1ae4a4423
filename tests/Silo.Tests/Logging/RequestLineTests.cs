using System.Diagnostics;
using Prism.Silo.Logging;
using Serilog.Events;
using Serilog.Parsing;

namespace Prism.Tests.Logging;

/// <summary>The line of a request, which is written without an event, has the bytes that Serilog writes for its event.</summary>
public sealed class RequestLineTests
{
    private static readonly DateTimeOffset EndedAt = new DateTimeOffset(2026, 3, 1, 12, 34, 56, 789, 12, TimeSpan.Zero).ToLocalTime();

    // Serilog writes other control characters in JSON with capital letters.
    private static readonly string[] Texts =
    [
        "gpt-4o", "", "a \"b\" \\ c", "line\r\nline\tend", "Z\u00fcrich \u4f60\u597d \ud83d\ude00", "\u202eabc\u2066\u0085\u009b\u007f", "\ud83d", "\udc00 lone \ud800",
        new('x', 5_000), string.Concat(Enumerable.Repeat("\u00e9\"\u2028", 3_000)),
    ];

    private static readonly double[] Times = [0, 0.05, 0.25, 0.35, 1.45, 12.34, 999.95, 12.3456, 86_400_000.0001, 0.1 + 0.2, 1 / 3d, 1e-7, 1e17, double.MaxValue];

    private static readonly decimal[] Costs =
        [0, 0.0m, 0.00000255m, 0.10m, 12m, 100m, 1.2300m, 0.0000000005m, 0.00000000049m, 0.1234567895m, 0.9999999999m, decimal.MaxValue];

    private static readonly LogEventLevel[] Levels = [LogEventLevel.Debug, LogEventLevel.Information, LogEventLevel.Warning, LogEventLevel.Error];

    [Fact]
    public void As_JSON_it_has_the_bytes_of_its_event()
    {
        var random = new Random(1);
        Assert.All(Enumerable.Range(0, 500), _ => Compare(NewLine(random, Texts), LogFormat.Json));
    }

    [Fact]
    public void As_text_it_has_the_bytes_of_its_event()
    {
        var random = new Random(2);
        Assert.All(Enumerable.Range(0, 500), _ => Compare(NewLine(random, [.. Texts, "a\u001b[31m\0b"]), LogFormat.Text));
    }

    [Fact]
    public void A_control_character_is_the_same_JSON_text()
    {
        var model = string.Concat(Enumerable.Range(0, 0x100).Select(code => (char)code)) + "\u2028\u202e";

        using var line = System.Text.Json.JsonDocument.Parse(Write(NewLine(new(3), [model]) with { Log = new() { Model = model } }, LogFormat.Json));

        Assert.Equal(model, line.RootElement.GetProperty("Model").GetString());
        Assert.EndsWith($", model {model}, {model}", line.RootElement.GetProperty("@m").GetString(), StringComparison.Ordinal);
    }

    private static RequestLine NewLine(Random random, string[] texts)
    {
        var facts = random.Next(1 << 11);
        return new()
        {
            EndedAt = EndedAt,
            Level = Pick(random, Levels),
            Method = "POST",
            Path = Pick(random, texts),
            StatusCode = random.Next(100, 600),
            ElapsedMs = Pick(random, Times),
            RequestId = Pick(random, texts),
            Exception = random.Next(5) == 0 ? new InvalidOperationException(Pick(random, texts)) : null,
            Activity = random.Next(2) == 0 ? new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start() : null,
            Log = new()
            {
                FirstTokenMs = IsKnown(0) ? Pick(random, Times) : null,
                Caller = IsKnown(1) ? Pick(random, texts) : null,
                Provider = IsKnown(2) ? Pick(random, texts) : null,
                Model = IsKnown(3) ? Pick(random, texts) : null,
                PromptTokens = IsKnown(4) ? random.Next() : null,
                CompletionTokens = IsKnown(5) ? random.Next(10) : null,
                CostUsd = IsKnown(6) ? Pick(random, Costs) : null,
                Cache = IsKnown(7) ? Pick(random, texts) : null,
                Attempts = IsKnown(8) ? random.Next(3) : null,
                Run = IsKnown(9) ? Pick(random, texts) : null,
                Error = IsKnown(10) ? Pick(random, texts) : null,
            },
        };

        bool IsKnown(int fact) => (facts & (1 << fact)) != 0;
    }

    private static T Pick<T>(Random random, T[] values) => values[random.Next(values.Length)];

    private static void Compare(RequestLine line, LogFormat format)
    {
        line.Activity?.Dispose();

        Assert.Equal(WriteEvent(line, format), Write(line, format));
    }

    private static string Write(RequestLine request, LogFormat format) => Write(format, sink =>
    {
        var line = LineWriter.Rent();
        request.Write(line, format);
        sink.Add(line);
        line.Return();
    });

    private static string WriteEvent(RequestLine line, LogFormat format) => Write(format, sink =>
    {
        (string Template, string Name, object? Value)[] all =
        [
            (", first token after {FirstTokenMs:0.0} ms", "FirstTokenMs", line.Log.FirstTokenMs),
            (", caller {Caller}", "Caller", line.Log.Caller),
            (", provider {Provider}", "Provider", line.Log.Provider),
            (", model {Model}", "Model", line.Log.Model),
            (", {PromptTokens} prompt tokens", "PromptTokens", line.Log.PromptTokens),
            (", {CompletionTokens} answer tokens", "CompletionTokens", line.Log.CompletionTokens),
            (", USD {CostUsd:0.#########}", "CostUsd", line.Log.CostUsd),
            (", cache {Cache}", "Cache", line.Log.Cache),
            (", attempts {Attempts}", "Attempts", line.Log.Attempts),
            (", run {Run}", "Run", line.Log.Run),
            (", error {Error}", "Error", line.Log.Error),
        ];
        var known = all.Where(fact => fact.Value is not null).ToList();
        var template = "{Method} {Path} {StatusCode} in {ElapsedMs:0.0} ms" + string.Concat(known.Select(fact => fact.Template)) + ", {RequestId}";
        List<(string Name, object? Value)> properties = [.. known.Select(fact => (fact.Name, fact.Value))];
        if (line.Log is { PromptTokens: not null, CostUsd: null })
        {
            properties.Add(("CostUsd", null));
        }

        properties.AddRange(
        [
            ("Method", line.Method), ("Path", line.Path), ("StatusCode", line.StatusCode), ("ElapsedMs", line.ElapsedMs), ("RequestId", line.RequestId),
            ("SourceContext", "Prism.Silo.Logging.RequestLogMiddleware"),
        ]);
        sink.Emit(new(
            line.EndedAt,
            line.Level,
            line.Exception,
            new MessageTemplateParser().Parse(template),
            properties.Select(property => new LogEventProperty(property.Name, new ScalarValue(property.Value))),
            line.Activity?.TraceId ?? default,
            line.Activity?.SpanId ?? default));
    });

    private static string Write(LogFormat format, Action<LineSink> write)
    {
        using var output = new LogText();
        using (var sink = new LineSink(output, format == LogFormat.Json ? new JsonLineFormatter() : new TextLineFormatter(), new SecretMask([])))
        {
            write(sink);
        }

        return output.ToString();
    }
}
