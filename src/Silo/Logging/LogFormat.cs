namespace Prism.Silo.Logging;

/// <summary>The format of this process's log.</summary>
/// <param name="Format">Never <see cref="LogFormat.Auto"/>.</param>
internal sealed record LogOutput(LogFormat Format);

/// <summary>A format of log lines.</summary>
internal enum LogFormat
{
    /// <summary>As text in a terminal, else as JSON.</summary>
    Auto,

    /// <summary>For people.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}
