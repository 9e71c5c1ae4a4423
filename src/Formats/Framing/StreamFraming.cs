namespace Prism.Formats.Framing;

/// <summary>How the events of a stream are told apart.</summary>
public enum StreamFraming
{
    /// <summary>Server-sent events.</summary>
    ServerSentEvents,

    /// <summary>One JSON value a line.</summary>
    JsonLines,
}
