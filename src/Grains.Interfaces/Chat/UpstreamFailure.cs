namespace Prism.Grains.Interfaces.Chat;

/// <summary>
/// What operators may know of a failed call upstream, for the log and for <c>last_errors</c>. It stays in the process that made the call: it is
/// neither sent nor stored, and no client reads it.
/// </summary>
public sealed record UpstreamFailure
{
    /// <summary>The host and port that was called.</summary>
    public string? Address { get; init; }

    /// <summary>With which of the provider's keys: <c>key 2 of 3 (…wxyz)</c>; null for none.</summary>
    public string? Key { get; init; }

    /// <summary>The id of the request that the call was made for; null where it has none.</summary>
    public string? RequestId { get; init; }

    /// <summary>The provider's own id of the call; null if it sent none.</summary>
    public string? UpstreamRequestId { get; init; }

    /// <summary>
    /// The provider's own text, or why there is none: on one line, shortened, without keys, and without anything from the request.
    /// </summary>
    public string? Message { get; init; }
}
