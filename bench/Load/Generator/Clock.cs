using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Prism.Bench.Generator;

/// <summary>Waits for a point in time, exact to about 60 µs. .NET's timers are exact to a millisecond, which is longer than many durations measured here.</summary>
internal static partial class Clock
{
    private const int Monotonic = 1;
    private const int Absolute = 1;

    /// <summary>Now, in nanoseconds.</summary>
    public static long Now => Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency);

    /// <summary>Blocks this thread until that time.</summary>
    public static void WaitUntil(long nanoseconds)
    {
        var then = new Timespec { Seconds = (nint)(nanoseconds / 1_000_000_000), Nanoseconds = (nint)(nanoseconds % 1_000_000_000) };
        // A signal ends the sleep early.
        while (Now < nanoseconds && Sleep(Monotonic, Absolute, then, 0) != 0)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int Sleep(int clock, int flags, in Timespec request, nint remaining);

    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
