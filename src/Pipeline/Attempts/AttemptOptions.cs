namespace Prism.Pipeline.Attempts;

/// <summary>How often, and for how long, a request is tried where a provider fails it. Bound from <c>Prism:Failover</c>.</summary>
public sealed class AttemptOptions
{
    /// <summary>How often a provider that failed a request for the moment is asked again. Default: 2.</summary>
    public int MaxRetries { get; set; } = 2;

    /// <summary>The longest pause before the first retry; it doubles with each. Pauses are random, up to this. Default: 0.25 s.</summary>
    public TimeSpan RetryBackoff { get; set; } = TimeSpan.FromSeconds(0.25);

    /// <summary>The longest <c>Retry-After</c> that is waited for; a longer one is passed on. Default: 10 s.</summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a request may take to its first token over all attempts: none but the first begins later, or goes on without one.
    /// Default: 180 s.
    /// </summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(180);
}
