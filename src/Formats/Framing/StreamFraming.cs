namespace Prism.Formats.Framing;

/// <summary>The separation of a stream's events.</summary>
public enum StreamFraming
{
    /// <summary>Server-sent events.</summary>
    ServerSentEvents,

    /// <summary>One JSON value a line.</summary>
    JsonLines,
}
