using System.Diagnostics;
using System.Globalization;

namespace Prism.Bench;

/// <summary>Times a piece of code and prints a line of the table: the median of some rounds, and what one operation allocates.</summary>
internal static class Measure
{
    // Many and short: most of them then are not interrupted, on a busy machine too.
    private const int Rounds = 501;
    private const int WarmUp = 100;

    /// <summary>What one operation costs on one thread.</summary>
    public static void Print(string what, int operations, Action operation) => Print(what, Enumerable.Range(0, Rounds + WarmUp).Select(_ =>
    {
        var (allocated, started) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        for (var i = 0; i < operations; i++)
        {
            operation();
        }

        return (Per(Stopwatch.GetElapsedTime(started), operations), (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)operations);
    }).ToList());

    /// <summary>What one operation costs where it is awaited before the next; allocations are those of all threads.</summary>
    public static async Task PrintAsync(string what, int operations, Func<Task> operation)
    {
        var rounds = new List<(double, double)>();
        for (var round = 0; round < Rounds + WarmUp; round++)
        {
            var (allocated, started) = (GC.GetTotalAllocatedBytes(), Stopwatch.GetTimestamp());
            for (var i = 0; i < operations; i++)
            {
                await operation();
            }

            rounds.Add((Per(Stopwatch.GetElapsedTime(started), operations), (GC.GetTotalAllocatedBytes() - allocated) / (double)operations));
        }

        Print(what, rounds);
    }

    // The first rounds are for the compiler, and for what is only needed once.
    private static void Print(string what, List<(double Nanoseconds, double Bytes)> rounds)
    {
        var median = rounds.Skip(WarmUp).OrderBy(round => round.Nanoseconds).ElementAt(Rounds / 2);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {median.Nanoseconds:N0} | {median.Bytes:N0} |"));
    }

    private static double Per(TimeSpan elapsed, int operations) => elapsed.TotalNanoseconds / operations;
}
