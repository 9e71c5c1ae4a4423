namespace Prism.Gateway.Overload;

/// <summary>How much of one silo its clients may take. Bound from <c>Prism:Overload</c>.</summary>
public sealed class OverloadOptions
{
    /// <summary>How many requests of <c>/v1</c> are worked on at the same time, a stream until its end. Default: 1000.</summary>
    public int MaxConcurrentRequests { get; set; } = 1000;

    /// <summary>How many more may wait for that, in order; all others are refused at once. Default: 100.</summary>
    public int MaxQueuedRequests { get; set; } = 100;

    /// <summary>The longest of these waits. Default: 2 s.</summary>
    public TimeSpan QueueTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the client of a stream may take nothing of what is ready for it, before it is let go. Default: 30 s.</summary>
    public TimeSpan StreamWriteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the body of a request may take from its first wait on. A whole answer may take as long to be read by its client. Default: 120 s.
    /// </summary>
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>
    /// How many bytes of memory requests and answers in flight may hold. Default: a third of the memory that the process sees, which is a
    /// container's limit where it has one.
    /// </summary>
    public long? MemoryBudget { get; set; }
}
