using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Prism.Tests.Logging;

public sealed class LoggingTests
{
    [Fact]
    public void A_line_is_a_JSON_object_with_the_rendered_message()
    {
        using var lines = new LogLines();
        Log("info", lines, "Prism.Test", logger => logger.LogInformation("Hello {Name},\nagain", "you"));

        var line = Assert.Single(lines.All);
        Assert.Equal("Hello you,\nagain", line.GetProperty("@m").GetString());
        Assert.Equal("you", line.GetProperty("Name").GetString());
        Assert.Equal("Prism.Test", line.GetProperty("SourceContext").GetString());
        Assert.True(line.GetProperty("@t").TryGetDateTimeOffset(out _));
    }

    [Fact]
    public void A_line_has_the_ids_of_its_trace_and_span()
    {
        using var lines = new LogLines();
        using var activity = new Activity("test").Start();
        Log("info", lines, "Prism.Test", logger => logger.LogInformation("Hello"));

        var line = Assert.Single(lines.All);
        Assert.Equal(activity.TraceId.ToString(), line.GetProperty("@tr").GetString());
        Assert.Equal(activity.SpanId.ToString(), line.GetProperty("@sp").GetString());
    }

    [Theory]
    [InlineData("trace", LogLevel.Trace)]
    [InlineData("debug", LogLevel.Debug)]
    [InlineData("INFO", LogLevel.Information)]
    [InlineData("information", LogLevel.Information)]
    [InlineData("warn", LogLevel.Warning)]
    [InlineData("warning", LogLevel.Warning)]
    [InlineData("error", LogLevel.Error)]
    [InlineData("fatal", LogLevel.Critical)]
    [InlineData("critical", LogLevel.Critical)]
    public void The_level_is_the_least_that_is_written(string setting, LogLevel least)
    {
        using var lines = new LogLines();
        Log(setting, lines, "Prism.Test", WriteAll);
        Assert.Equal(Levels(least), lines.All.Select(line => line.GetProperty("@m").GetString()));
    }

    [Theory]
    [InlineData("info", "Microsoft.AspNetCore.Routing", LogLevel.Warning)]
    [InlineData("info", "Orleans.Runtime.Silo", LogLevel.Warning)]
    [InlineData("info", "System.Net.Http", LogLevel.Warning)]
    [InlineData("error", "Orleans.Runtime.Silo", LogLevel.Error)]
    [InlineData("debug", "Orleans.Runtime.Silo", LogLevel.Debug)]
    [InlineData("info", "Microsoft.Hosting.Lifetime", LogLevel.Warning)]
    public void The_frameworks_say_less(string setting, string category, LogLevel least)
    {
        using var lines = new LogLines();
        Log(setting, lines, category, WriteAll);
        Assert.Equal(Levels(least), lines.All.Select(line => line.GetProperty("@m").GetString()));
    }

    [Theory]
    [InlineData("Polly", "ExecutionAttempt", "Execution attempt. Source: {PipelineName}", "Orleans.Placement", true)]
    [InlineData("Polly", "ExecutionAttempt", "Execution attempt. Source: {PipelineName}", "Something.Else", false)]
    [InlineData("Polly", "Timeout", "Timed out in {PipelineName}", "Orleans.Placement", false)]
    [InlineData("Prism.Shared calls.SharedCallService", "LogInformationServiceStarting", "Starting {TypeName} grain service", "x", true)]
    [InlineData("Prism.Shared calls.SharedCallService", "LogInformationRangeChanged", "My range changed from {OldRange}", "x", true)]
    [InlineData("Prism.Shared calls.SharedCallService", "LogSomethingElse", "Shared calls have {TypeName}", "x", false)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", "ApplicationError", "Unhandled in {ConnectionId}", "x", true)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", "HeartbeatSlow", "Slow in {ConnectionId}", "x", false)]
    public void What_is_known_to_say_nothing_is_left_out_and_nothing_else_of_its_category(
        string category, string name, string message, string value, bool isNoise)
    {
        using var lines = new LogLines();
        var level = category.StartsWith("Prism", StringComparison.Ordinal) ? LogLevel.Information : LogLevel.Error;
#pragma warning disable CA2254 // The templates are the frameworks'.
        Log("info", lines, category, logger => logger.Log(level, new EventId(1, name), message, value));
#pragma warning restore CA2254
        Assert.Equal(isNoise ? 0 : 1, lines.All.Length);
    }

    [Theory]
    [InlineData("00:00:03", 1)]
    [InlineData("3.00:00:00", 0)]
    public void The_watchdog_is_believed_unless_it_measures_from_before_the_process(string elapsed, int expected)
    {
        using var lines = new LogLines();
        Log("info", lines, "Orleans.Runtime.Watchdog", logger => logger.LogWarning(
            "Participant check thread has not completed for {TimeSinceLastTick}, potentially", TimeSpan.Parse(elapsed, CultureInfo.InvariantCulture)));
        Assert.Equal(expected, lines.All.Length);
    }

    [Theory]
    [InlineData("text", "INF Hello you of 00:00:05 as Closed")]
    [InlineData("json", "\"@m\":\"Hello you of 00:00:05 as Closed\"")]
    public void Values_stand_in_a_message_without_quotation_marks(string format, string expected)
    {
        using var lines = new LogLines();
        using (var app = SiloHost.Build(new() { ["LLM_LOG_FORMAT"] = format }, log: lines.Writer))
        {
            app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Prism.Some.Class")
                .LogInformation("Hello {Name} of {Age} as {State}", "you", TimeSpan.FromSeconds(5), Prism.Grains.Interfaces.Breakers.CircuitState.Closed);
        }

        Assert.Contains(expected, lines.Text, StringComparison.Ordinal);
        Assert.Equal(format == "json", lines.Text.Contains("Prism.Some.Class", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("sk-secret-1234")]
    [InlineData("sk-\"quoted\\1234")]
    public void A_configured_key_is_never_written(string key)
    {
        using var lines = new LogLines();
        Dictionary<string, string> variables = new()
        {
            ["LLM_OPENAI_API_KEY"] = key + "\n",
            ["LLM_PROVIDERS"] = "groq",
            ["LLM_GROQ_API_KEY"] = "gsk-secret-5678",
        };
        using (var app = SiloHost.Build(variables, log: lines.Writer))
        {
            app.Logger.LogError(new InvalidOperationException($"header {key}"), "It is {Key}, {Other}", key, "Bearer gsk-secret-5678");
        }

        var line = Assert.Single(lines.All);
        Assert.Equal("***", line.GetProperty("Key").GetString());
        Assert.Equal("Bearer ***", line.GetProperty("Other").GetString());
        Assert.Contains("header ***", line.GetProperty("@x").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_of_several_keys_is_masked()
    {
        using var lines = new LogLines();
        using (var app = SiloHost.Build(new() { ["LLM_OPENAI_API_KEY"] = "sk-secret-1234, sk-secret-5678" }, log: lines.Writer))
        {
            app.Logger.LogError("sk-secret-1234 or sk-secret-5678");
        }

        Assert.Equal("*** or ***", Assert.Single(lines.All).GetProperty("@m").GetString());
    }

    [Fact]
    public void A_key_too_short_to_be_one_garbles_nothing()
    {
        using var lines = new LogLines();
        using (var app = SiloHost.Build(new() { ["LLM_OLLAMA_API_KEY"] = "ollama" }, log: lines.Writer))
        {
            app.Logger.LogError("ollama is down");
        }

        Assert.Equal("ollama is down", Assert.Single(lines.All).GetProperty("@m").GetString());
    }

    [Fact]
    public void Two_hosts_log_for_themselves()
    {
        using var first = new LogLines();
        using var second = new LogLines();
        using (var firstApp = SiloHost.Build(log: first.Writer))
        using (var secondApp = SiloHost.Build(log: second.Writer))
        {
            firstApp.Logger.LogError("one");
            secondApp.Logger.LogError("two");
        }

        Assert.Equal("one", Assert.Single(first.All).GetProperty("@m").GetString());
        Assert.Equal("two", Assert.Single(second.All).GetProperty("@m").GetString());
    }

    private static void Log(string level, LogLines lines, string category, Action<ILogger> write)
    {
        using var app = SiloHost.Build(new() { ["LLM_LOG_LEVEL"] = level }, log: lines.Writer);
        write(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category));
    }

    private static void WriteAll(ILogger logger)
    {
        foreach (var level in Levels(LogLevel.Trace).Select(Enum.Parse<LogLevel>))
        {
            logger.Log(level, "{Level:l}", level.ToString());
        }
    }

    private static IEnumerable<string> Levels(LogLevel least) =>
        Enum.GetValues<LogLevel>().Where(level => level >= least && level != LogLevel.None).Select(level => level.ToString());
}
