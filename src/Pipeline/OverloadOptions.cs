namespace Prism.Pipeline;

/// <summary>The capacity of one silo that its clients may use. Bound from <c>Prism:Overload</c>.</summary>
public sealed class OverloadOptions
{
    /// <summary>The most requests of <c>/v1</c> in progress at the same time. A stream counts until its end. Default: 1000.</summary>
    public int MaxConcurrentRequests { get; set; } = 1000;

    /// <summary>The most further requests that wait for a place, in order. Prism rejects others at once. Default: 100.</summary>
    public int MaxQueuedRequests { get; set; } = 100;

    /// <summary>The longest wait for a place. Default: 2 s.</summary>
    public TimeSpan QueueTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest time without reads before Prism disconnects the client of a stream. Default: 30 s.</summary>
    public TimeSpan StreamWriteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The longest time from the first wait for a request's body to its end. The client may take as long to read a whole response. Default: 120 s.
    /// </summary>
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>
    /// The most memory, in bytes, that requests and answers in progress may hold. Default: a third of the memory that the process sees, which is the
    /// container's limit if there is one.
    /// </summary>
    public long? MemoryBudget { get; set; }
}
