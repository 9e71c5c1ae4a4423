using System.Globalization;
using Prism.Configuration;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;

namespace Prism.Logging;

/// <summary>Sets up the logs.</summary>
internal static class LoggingExtensions
{
    /// <summary>
    /// Writes logs to the standard output: one JSON object a line (<see href="https://clef-json.org"/>, with the rendered message and
    /// the ids of trace and span), or readable text where that is a terminal.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="output">Where to write JSON instead.</param>
    public static TBuilder AddPrismLogging<TBuilder>(this TBuilder builder, TextWriter? output = null)
        where TBuilder : IHostApplicationBuilder
    {
        ITextFormatter formatter = output is null && !Console.IsOutputRedirected
            ? new MessageTemplateTextFormatter(
                "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj} <{SourceContext}>{NewLine}{Exception}", CultureInfo.InvariantCulture)
            : new RenderedCompactJsonFormatter();
        builder.Services.AddSerilog(
            (services, logger) => Configure(logger, services.GetRequiredService<IConfiguration>(), output ?? StandardOutput(), formatter),
            // Two hosts in one process log for themselves.
            preserveStaticLogger: true);
        return builder;
    }

    private static void Configure(LoggerConfiguration logger, IConfiguration configuration, TextWriter output, ITextFormatter formatter)
    {
        var level = LogLevels.Parse(configuration[Settings.LogLevelPath]);
        logger.MinimumLevel.Is(level)
            .Filter.ByExcluding(IsRepeated)
            .Filter.ByExcluding(IsAdviceOnGc)
            // A second line for each request, with the whole query in it.
            .MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", AtLeastWarning(level))
            .WriteTo.Sink(new LineSink(output, formatter, SecretMask.Of(configuration)));
        if (level < LogEventLevel.Debug)
        {
            // At trace it writes what it stores, and prompts are in that.
            logger.MinimumLevel.Override("Orleans", LogEventLevel.Debug);
        }
        else if (level > LogEventLevel.Debug)
        {
            logger.MinimumLevel.Override("Microsoft", AtLeastWarning(level))
                .MinimumLevel.Override("System", AtLeastWarning(level))
                .MinimumLevel.Override("Orleans", AtLeastWarning(level))
                // Orleans places each activation through a pipeline of Polly's, which tells of it twice.
                .MinimumLevel.Override("Polly", AtLeastWarning(level))
                // Which addresses it listens at, and that it stops.
                .MinimumLevel.Override("Microsoft.Hosting.Lifetime", level);
        }
    }

    // The console's own writer hands each piece to the system at once.
    private static TextWriter StandardOutput() =>
        Console.IsOutputRedirected ? new StreamWriter(Console.OpenStandardOutput(), bufferSize: 32 * 1024) : Console.Out;

    private static LogEventLevel AtLeastWarning(LogEventLevel level) => level > LogEventLevel.Warning ? level : LogEventLevel.Warning;

    // Orleans advises server GC at every start; for a gateway that mostly waits, the smaller heap of the workstation's is chosen on purpose.
    private static bool IsAdviceOnGc(LogEvent logEvent) => logEvent.MessageTemplate.Text.StartsWith("Note: S", StringComparison.Ordinal)
        && logEvent.MessageTemplate.Text.Contains("ServerGC", StringComparison.Ordinal);

    // Kestrel logs an exception that no middleware handled (its ApplicationError); the line of the request has it already.
    private static bool IsRepeated(LogEvent logEvent) =>
        logEvent.Properties.TryGetValue(Constants.SourceContextPropertyName, out var source)
        && source is ScalarValue { Value: "Microsoft.AspNetCore.Server.Kestrel" }
        && logEvent.Properties.TryGetValue("EventId", out var eventId)
        && eventId is StructureValue { Properties: var parts }
        && parts.Any(part => part is { Name: "Name", Value: ScalarValue { Value: "ApplicationError" } });
}
