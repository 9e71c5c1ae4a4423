namespace Prism.Formats.Framing;

/// <summary>What the framings of streams have to do with media types.</summary>
public static class StreamFramings
{
    /// <summary>Whether an answer of a media type can be a stream of this framing. Some servers do not send one.</summary>
    public static bool Matches(this StreamFraming framing, string? mediaType) => mediaType switch
    {
        null => true,
        "text/event-stream" => framing == StreamFraming.ServerSentEvents,
        "application/x-ndjson" or "application/jsonl" or "application/json" or "text/plain" => framing == StreamFraming.JsonLines,
        _ => false,
    };
}
