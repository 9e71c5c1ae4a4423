using Prism.Grains.Breakers;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Pipeline.Attempts;

/// <summary>
/// Decides after which failures, and after what pause, a provider is called again: exponential backoff with full jitter, so that requests that failed
/// together do not retry together.
/// </summary>
/// <remarks>Source: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/</remarks>
internal sealed class RetryPolicy(Random random)
{
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(8);

    // The end of the provider's throttle takes a moment to reach the whole cluster: an exactly timed retry would still be throttled.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(50);

    /// <param name="options">The limits of retries.</param>
    /// <param name="error">The failure of the last attempt.</param>
    /// <param name="retries">The retries so far.</param>
    /// <returns>The pause; null if a retry would not help, or would be too late.</returns>
    public TimeSpan? PauseBefore(AttemptOptions options, ChatError error, int retries)
    {
        if (retries >= options.MaxRetries || !FailureClassifier.IsTransient(error))
        {
            return null;
        }

        return error.RetryAfter switch
        {
            null => Backoff(options, retries),
            { Ticks: 0 } now => now,
            { } asked when asked <= options.MaxRetryAfter => asked + Margin + Backoff(options, retries),
            _ => null,
        };
    }

    private TimeSpan Backoff(AttemptOptions options, int retries)
    {
        var most = options.RetryBackoff * Math.Pow(2, retries);
        return (most < LongestBackoff ? most : LongestBackoff) * random.NextDouble();
    }
}
