using System.Numerics;

namespace Prism.Bench.Generator;

/// <summary>Counts durations with a precision of 0.8 %. Many threads may write at once.</summary>
/// <remarks>Source: Gil Tene's HdrHistogram, without its configuration.</remarks>
internal sealed class Histogram
{
    // Each power of two is divided into 128 steps.
    private const int StepBits = 7;
    private const int Steps = 1 << StepBits;

    private readonly long[] _counts = new long[(64 - StepBits) * Steps];

    public void Record(long nanoseconds, int times = 1) => Interlocked.Add(ref _counts[IndexOf(Math.Max(0, nanoseconds))], times);

    /// <summary>The quantiles so far, in milliseconds; zeros if nothing was recorded.</summary>
    public Quantiles ToQuantiles() => new(Of(0.5), Of(0.99), Of(0.999), Of(1));

    private double Of(double share)
    {
        var rank = (long)Math.Ceiling(share * _counts.Sum());
        var seen = 0L;
        for (var i = 0; i < _counts.Length && rank > 0; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return MiddleOf(i) / 1e6;
            }
        }

        return 0;
    }

    private static int IndexOf(long value)
    {
        if (value < Steps)
        {
            return (int)value;
        }

        var shift = BitOperations.Log2((ulong)value) - StepBits;
        return ((shift + 1) << StepBits) + (int)(value >> shift) - Steps;
    }

    private static double MiddleOf(int index)
    {
        if (index < Steps)
        {
            return index;
        }

        var shift = (index >> StepBits) - 1;
        return ((index & (Steps - 1)) + Steps + 0.5) * (1L << shift);
    }
}

/// <summary>Quantiles of durations, in milliseconds.</summary>
internal sealed record Quantiles(double P50, double P99, double P999, double Max);
