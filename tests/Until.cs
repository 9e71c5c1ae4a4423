namespace Prism.Tests;

/// <summary>The one place where a test looks again and again, with pauses: at a process or a service from outside, which has no event to await.</summary>
internal static class Until
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for a condition, as long as it takes.</summary>
    public static Task TrueAsync(string what, Func<Task<bool>> condition) => TrueAsync(what, Patience.Limit, condition);

    /// <summary>Waits for a condition.</summary>
    /// <exception cref="TimeoutException">It did not come true in time; the message says what it was.</exception>
    public static async Task TrueAsync(string what, TimeSpan deadline, Func<Task<bool>> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(Interval);
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > deadline)
            {
                throw new TimeoutException($"Not within {deadline.TotalSeconds:0.#} s: {what}.");
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
