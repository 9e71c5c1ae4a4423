namespace Prism.Overload;

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
}
