namespace Prism.Formats.Framing;

/// <summary>Relates the framings of streams to media types.</summary>
public static class StreamFramings
{
    /// <summary>Whether an answer of a media type can be a stream of this framing. Some servers send no media type.</summary>
    public static bool Matches(this StreamFraming framing, string? mediaType) => mediaType switch
    {
        null => true,
        "text/event-stream" => framing == StreamFraming.ServerSentEvents,
        "application/x-ndjson" or "application/jsonl" or "application/json" or "text/plain" => framing == StreamFraming.JsonLines,
        _ => false,
    };
}
