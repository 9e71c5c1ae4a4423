using Serilog.Core;
using Serilog.Events;

namespace Prism.Silo.Logging;

/// <summary>
/// Lines of the frameworks that are known to say nothing, each by its category and its event. Whatever else the same category has to say, it says.
/// </summary>
internal static class FrameworkNoise
{
    private static readonly long ProcessStarted = Environment.TickCount64;

    /// <summary>Whether it is one that is never news.</summary>
    public static bool IsNoise(LogEvent logEvent) => CategoryOf(logEvent) switch
    {
        // Of a body that its client did not send to its end, the server cannot read the rest. The line of the request says what happened.
        { } category when category.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal)
            && logEvent.MessageTemplate.Text.Contains("automatic draining of the request body failed", StringComparison.Ordinal) => true,
        // An exception that no middleware handled: the line of the request has it already.
        "Microsoft.AspNetCore.Server.Kestrel" => IsEvent(logEvent, "ApplicationError"),
        // Its first check measures from the start of the machine on: nothing can have taken longer than this process has been there.
        "Orleans.Runtime.Watchdog" => HasText(logEvent, "Participant check thread has not completed") && IsOlderThanProcess(logEvent),
        // Orleans places each activation through a pipeline, which tells of every attempt that is made again. What comes of it the caller hears.
        "Polly" => TextOf(logEvent, "PipelineName") == "Orleans.Placement"
            && (IsEvent(logEvent, "ExecutionAttempt") || TextOf(logEvent, "EventName") == "OnRetry"),
        // This silo's own death, in two lines of half a page each: Cluster/SuddenEnd says it in one.
        "Orleans.Runtime.MembershipService.MembershipTableManager" =>
            HasText(logEvent, "I should be Dead according to") || HasText(logEvent, "I have been told I am dead"),
        // Server GC is advised at every start; for a gateway that mostly waits, the smaller heap of the workstation's is chosen on purpose.
        { } category when category.StartsWith("Orleans", StringComparison.Ordinal) =>
            HasText(logEvent, "Note: S") && logEvent.MessageTemplate.Text.Contains("ServerGC", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>Whether it is one that is news for whoever looks into the runtime only: at information, under the name of a class of ours.</summary>
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
