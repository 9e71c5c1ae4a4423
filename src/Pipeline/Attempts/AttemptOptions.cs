namespace Prism.Pipeline.Attempts;

/// <summary>The number of attempts of a request, and their time, if a provider fails. Bound from <c>Prism:Failover</c>.</summary>
public sealed class AttemptOptions
{
    /// <summary>The most retries of a provider after transient failures. Default: 2.</summary>
    public int MaxRetries { get; set; } = 2;

    /// <summary>The longest pause before the first retry; it doubles with each. Pauses are random, up to this. Default: 0.25 s.</summary>
    public TimeSpan RetryBackoff { get; set; } = TimeSpan.FromSeconds(0.25);

    /// <summary>The longest <c>Retry-After</c> that Prism waits for; it passes a longer one on to the client. Default: 10 s.</summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The longest time from a request to its first token, over all attempts. After it, no further attempt begins, and only the first may continue
    /// without a token. Default: 180 s.
    /// </summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(180);
}
