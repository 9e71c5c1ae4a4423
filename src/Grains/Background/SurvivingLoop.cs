using Microsoft.Extensions.Logging;

// This is what the ban is for.
#pragma warning disable RS0030

namespace Prism.Grains.Background;

/// <summary>
/// Repeats work until its own stop. Nothing else ends it: not an exception of any kind, and not a cancellation that is not its own, as clients of
/// databases throw them. What fails is logged once (<see cref="FailureLog"/>) and retried with the next turn.
/// </summary>
/// <param name="work">The work, as the beginning of a sentence: "Reading the epoch of the cache".</param>
/// <param name="interval">The time from one turn to the next.</param>
/// <param name="turn">The work. Its token is the loop's stop.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The logger of its owner.</param>
internal sealed class SurvivingLoop(
    string work, TimeSpan interval, Func<CancellationToken, Task> turn, TimeProvider time, ILogger logger)
{
    private readonly FailureLog _failures = new(work, logger);

    /// <summary>Whether the first turn is made at once, and not after an interval. Default: true.</summary>
    public bool BeginsAtOnce { get; init; } = true;

    /// <summary>Runs until the stop. Never throws. The first turn begins in line with the caller.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(interval, time);
        if (BeginsAtOnce && !stop.IsCancellationRequested)
        {
            await TurnAsync(stop);
        }

        // It is over too once nothing can tick any more: the timer is finalized with a host that was never disposed of. A loop that went on would do so
        // on the finalizer's thread, for ever.
        while (!stop.IsCancellationRequested && await IsNextDueAsync(timer, stop))
        {
            await TurnAsync(stop);
        }
    }

    /// <summary>Runs until the stop, on a thread of the pool: also where the caller is a grain's turn, which the loop outlives.</summary>
    public Task RunInBackground(CancellationToken stop) => Task.Run(() => RunAsync(stop), CancellationToken.None);

    private async Task TurnAsync(CancellationToken stop)
    {
        try
        {
            await turn(stop);
            _failures.OnSucceeded();
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // The shutdown ended the turn. There is no next one.
        }
        catch (Exception exception)
        {
            _failures.OnFailed(exception);
        }
    }

    private static async Task<bool> IsNextDueAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // Only the stop cancels it.
            return false;
        }
    }
}
