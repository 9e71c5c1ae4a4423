using System.Text;
using Prism.Silo.Configuration;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace Prism.Silo.Logging;

/// <summary>Sets up the logs.</summary>
internal static class LoggingExtensions
{
    /// <summary>
    /// Writes logs to the standard output: one JSON object a line (<see href="https://clef-json.org"/>, with the rendered message and
    /// the ids of trace and span), or readable text, by default where that is a terminal.
    /// </summary>
    /// <param name="builder">The host. Its configuration has to be complete.</param>
    /// <param name="output">The output, in UTF-8; null for the standard output.</param>
    public static TBuilder AddPrismLogging<TBuilder>(this TBuilder builder, Stream? output = null)
        where TBuilder : IHostApplicationBuilder
    {
        var format = ReadFormat(builder.Configuration, isTerminal: output is null && !Console.IsOutputRedirected);
        ITextFormatter formatter = format == LogFormat.Text ? new TextLineFormatter() : new JsonLineFormatter();
        builder.Services
            .AddSingleton(new LogOutput(format))
            .AddSingleton<LogSwitch>()
            .AddSingleton(services => new LogLimits(ReadLevel(services.GetRequiredService<IConfiguration>()), services.GetRequiredService<LogSwitch>()))
            .AddSingleton(services => new LineSink(output ?? StandardOutput(), formatter, SecretMask.Of(services.GetRequiredService<IConfiguration>())));
        builder.Services.AddSerilog(
            (services, logger) =>
            {
                var off = services.GetRequiredService<LogSwitch>();
                logger.Filter.ByExcluding(_ => off.IsOff);
                Configure(logger, ReadLevel(services.GetRequiredService<IConfiguration>()), services.GetRequiredService<LineSink>());
            },
            // Two hosts in one process have separate logs.
            preserveStaticLogger: true);
        return builder;
    }

    private static LogEventLevel ReadLevel(IConfiguration configuration) => LogLevels.Parse(configuration[Settings.LogLevelPath]);

    private static void Configure(LoggerConfiguration logger, LogEventLevel level, LineSink sink)
    {
        logger.MinimumLevel.Is(level)
            .Filter.ByExcluding(FrameworkNoise.IsNoise)
            .Filter.ByExcluding(IsSaidByItsCaller)
            .Enrich.With<RequestIdEnricher>()
            // It logs a second line for each request, with the whole query. If such a logger is on at any level, the server creates
            // an activity and a scope for each request.
            .MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LevelAlias.Off)
            .WriteTo.Sink(new OutageSink(sink));
        if (level < LogEventLevel.Debug)
        {
            // At trace it logs the state that it stores, which contains prompts.
            logger.MinimumLevel.Override("Orleans", LogEventLevel.Debug);
        }
        else if (level > LogEventLevel.Debug)
        {
            logger.MinimumLevel.Override("Microsoft", AtLeastWarning(level))
                .MinimumLevel.Override("System", AtLeastWarning(level))
                .MinimumLevel.Override("Orleans", AtLeastWarning(level))
                .MinimumLevel.Override("Polly", AtLeastWarning(level))
                .Filter.ByExcluding(FrameworkNoise.IsDetail);
        }
    }

    private static Stream StandardOutput()
    {
        var output = Console.OpenStandardOutput();
        return Console.IsOutputRedirected || Console.OutputEncoding.CodePage == Encoding.UTF8.CodePage
            ? output
            : Encoding.CreateTranscodingStream(output, Console.OutputEncoding, Encoding.UTF8);
    }

    private static LogEventLevel AtLeastWarning(LogEventLevel level) => level > LogEventLevel.Warning ? level : LogEventLevel.Warning;

    // The checks of the start report a problem with it.
    private static LogFormat ReadFormat(IConfiguration configuration, bool isTerminal) =>
        Enum.TryParse<LogFormat>(configuration[Settings.LogFormatPath], ignoreCase: true, out var format) && format != LogFormat.Auto ? format
        : isTerminal ? LogFormat.Text
        : LogFormat.Json;

    // Orleans logs a failed read or write twice, and a failed activation three times. The caller gets the exception.
    private static bool IsSaidByItsCaller(LogEvent logEvent) =>
        logEvent.Properties.TryGetValue(Constants.SourceContextPropertyName, out var source)
        && source is ScalarValue { Value: "Orleans.Grain" or "Orleans.Persistence.RedisGrainStorage" }
        && OutageSink.FindCause(logEvent.Exception) is not null;
}
