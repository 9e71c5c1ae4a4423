namespace Prism.Tests.Limits;

/// <summary>Counts what came in any 60 s.</summary>
internal static class Windows
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

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

    /// <summary>The least that came in any window between two times.</summary>
    public static int Least(IReadOnlyList<TimeSpan> times, TimeSpan from, TimeSpan to)
    {
        var least = int.MaxValue;
        for (var begin = from; begin + Length <= to; begin += Step)
        {
            least = Math.Min(least, times.Count(time => time >= begin && time < begin + Length));
        }

        return least;
    }
}
