using Serilog.Core;
using Serilog.Events;

namespace Prism.Silo.Logging;

/// <summary>
/// Log lines of the frameworks without information, each by its category and its event. All other lines of a category are kept. A line whose event
/// has no id or name is known by its template: the frameworks give nothing else, and after a change of the text the line only appears again.
/// </summary>
internal static class FrameworkNoise
{
    private static readonly long ProcessStarted = Environment.TickCount64;

    /// <summary>Whether an event is without information.</summary>
    public static bool IsNoise(LogEvent logEvent) => CategoryOf(logEvent) switch
    {
        // The server cannot read the rest of a body that its client did not finish. The request's own line reports the failure.
        { } category when category.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal)
            && logEvent.MessageTemplate.Text.Contains("automatic draining of the request body failed", StringComparison.Ordinal) => true,
        // An exception that no middleware handled. The request's own line has it already.
        "Microsoft.AspNetCore.Server.Kestrel" => IsEvent(logEvent, "ApplicationError"),
        // Its first check measures from the start of the machine, which is longer than this process has existed.
        "Orleans.Runtime.Watchdog" => HasText(logEvent, "Participant check thread has not completed") && IsOlderThanProcess(logEvent),
        // Orleans places each activation through a pipeline that logs every retry. The caller gets the result.
        "Polly" => TextOf(logEvent, "PipelineName") == "Orleans.Placement"
            && (IsEvent(logEvent, "ExecutionAttempt") || TextOf(logEvent, "EventName") == "OnRetry"),
        // This silo's own death, in two lines of half a page each. Cluster/SuddenEnd logs it in one.
        "Orleans.Runtime.MembershipService.MembershipTableManager" =>
            HasText(logEvent, "I should be Dead according to") || HasText(logEvent, "I have been told I am dead"),
        // Orleans recommends Server GC at every start. A gateway mostly waits, so the smaller heap of Workstation GC is chosen on purpose.
        { } category when category.StartsWith("Orleans", StringComparison.Ordinal) =>
            HasText(logEvent, "Note: S") && logEvent.MessageTemplate.Text.Contains("ServerGC", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>Whether an event interests only those who study the runtime: information under the name of a class of Prism.</summary>
    public static bool IsDetail(LogEvent logEvent) => logEvent.Level == LogEventLevel.Information
        && (IsEvent(logEvent, "LogInformationServiceStarting") || IsEvent(logEvent, "LogInformationServiceStopping") || IsEvent(logEvent, "LogInformationRangeChanged"));

    private static string? CategoryOf(LogEvent logEvent) => TextOf(logEvent, Constants.SourceContextPropertyName);

    private static bool HasText(LogEvent logEvent, string start) => logEvent.MessageTemplate.Text.StartsWith(start, StringComparison.Ordinal);

    private static bool IsOlderThanProcess(LogEvent logEvent) => logEvent.Properties.Values
        .Any(value => value is ScalarValue { Value: TimeSpan duration } && duration.TotalMilliseconds > Environment.TickCount64 - ProcessStarted + 5_000);

    private static string? TextOf(LogEvent logEvent, string name) =>
        logEvent.Properties.TryGetValue(name, out var value) && value is ScalarValue { Value: string text } ? text : null;

    private static bool IsEvent(LogEvent logEvent, string name) =>
        logEvent.Properties.TryGetValue("EventId", out var id)
        && id is StructureValue { Properties: var parts }
        && parts.Any(part => part.Name == "Name" && part.Value is ScalarValue { Value: string known } && known == name);
}
