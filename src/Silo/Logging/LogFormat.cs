namespace Prism.Silo.Logging;

/// <summary>How the lines of this process are written.</summary>
/// <param name="Format">Never <see cref="LogFormat.Auto"/>.</param>
internal sealed record LogOutput(LogFormat Format);

/// <summary>How lines are written.</summary>
internal enum LogFormat
{
    /// <summary>As text in a terminal, else as JSON.</summary>
    Auto,

    /// <summary>For people.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}
