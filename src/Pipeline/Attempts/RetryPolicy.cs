using Prism.Grains.Breakers;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Pipeline.Attempts;

/// <summary>
/// After which failures, and after what pause, a provider is asked again: exponential backoff with full jitter, so that those who failed
/// together do not come back together.
/// </summary>
/// <remarks>Source: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/</remarks>
internal sealed class RetryPolicy(Random random)
{
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(8);

    // What the provider asked for is told to the whole cluster, which takes a moment: who came back on the dot would still be held back.
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(50);

    /// <param name="options">The limits of it.</param>
    /// <param name="error">How the last attempt ended.</param>
    /// <param name="retries">How many there have been.</param>
    /// <returns>Null where it is not worth it, or would be too late.</returns>
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
