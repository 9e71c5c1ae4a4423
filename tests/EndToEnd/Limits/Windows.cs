namespace Prism.Tests.Limits;

/// <summary>Counts what came in any 60 s.</summary>
internal static class Windows
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    /// <summary>The most that came in any window.</summary>
    public static int Most(IReadOnlyList<TimeSpan> times)
    {
        var (ordered, most, first) = (times.Order().ToList(), 0, 0);
        for (var last = 0; last < ordered.Count; last++)
        {
            while (ordered[last] - ordered[first] >= Length)
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
    }

    /// <summary>What came in the window that begins then.</summary>
    public static int Count(IReadOnlyList<TimeSpan> times, TimeSpan begin) => times.Count(time => time >= begin && time < begin + Length);
}
