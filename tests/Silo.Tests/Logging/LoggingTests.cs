using System.Diagnostics;
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
        Assert.Equal("Hello \"you\",\nagain", line.GetProperty("@m").GetString());
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
    [InlineData("info", "Microsoft.Hosting.Lifetime", LogLevel.Information)]
    public void The_frameworks_say_less(string setting, string category, LogLevel least)
    {
        using var lines = new LogLines();
        Log(setting, lines, category, WriteAll);
        Assert.Equal(Levels(least), lines.All.Select(line => line.GetProperty("@m").GetString()));
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
        using var app = SiloHost.Build(variables, log: lines.Writer);
        app.Logger.LogError(new InvalidOperationException($"header {key}"), "It is {Key}, {Other}", key, "Bearer gsk-secret-5678");

        var line = Assert.Single(lines.All);
        Assert.Equal("***", line.GetProperty("Key").GetString());
        Assert.Equal("Bearer ***", line.GetProperty("Other").GetString());
        Assert.Contains("header ***", line.GetProperty("@x").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_of_several_keys_is_masked()
    {
        using var lines = new LogLines();
        using var app = SiloHost.Build(new() { ["LLM_OPENAI_API_KEY"] = "sk-secret-1234, sk-secret-5678" }, log: lines.Writer);
        app.Logger.LogError("sk-secret-1234 or sk-secret-5678");
        Assert.Equal("*** or ***", Assert.Single(lines.All).GetProperty("@m").GetString());
    }

    [Fact]
    public void A_key_too_short_to_be_one_garbles_nothing()
    {
        using var lines = new LogLines();
        using var app = SiloHost.Build(new() { ["LLM_OLLAMA_API_KEY"] = "ollama" }, log: lines.Writer);
        app.Logger.LogError("ollama is down");
        Assert.Equal("ollama is down", Assert.Single(lines.All).GetProperty("@m").GetString());
    }

    [Fact]
    public void Two_hosts_log_for_themselves()
    {
        using var first = new LogLines();
        using var second = new LogLines();
        using var firstApp = SiloHost.Build(log: first.Writer);
        using var secondApp = SiloHost.Build(log: second.Writer);
        firstApp.Logger.LogError("one");
        secondApp.Logger.LogError("two");
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
