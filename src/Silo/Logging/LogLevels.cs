using Prism.Silo.Configuration.Kinds;
using Serilog.Events;

namespace Prism.Silo.Logging;

/// <summary>The names of log levels.</summary>
internal static class LogLevels
{
    public const LogEventLevel Default = LogEventLevel.Information;

    /// <summary>A level by any of its usual names; the configured form is Serilog's.</summary>
    public static readonly SettingKind Kind = SettingKind.Choice(
        ("trace", nameof(LogEventLevel.Verbose)),
        ("verbose", nameof(LogEventLevel.Verbose)),
        ("debug", nameof(LogEventLevel.Debug)),
        ("info", nameof(LogEventLevel.Information)),
        ("information", nameof(LogEventLevel.Information)),
        ("warning", nameof(LogEventLevel.Warning)),
        ("warn", nameof(LogEventLevel.Warning)),
        ("error", nameof(LogEventLevel.Error)),
        ("critical", nameof(LogEventLevel.Fatal)),
        ("fatal", nameof(LogEventLevel.Fatal)));

    /// <summary>The level of a configured text; the default if it is invalid, which the checks of the start report.</summary>
    public static LogEventLevel Parse(string? text) =>
        text is { Length: > 0 } && Kind.Read(text).Configured is { } level ? Enum.Parse<LogEventLevel>(level) : Default;
}
