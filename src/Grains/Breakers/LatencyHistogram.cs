using Prism.Grains.Interfaces.Breakers;

namespace Prism.Grains.Breakers;

/// <summary>
/// Recent latencies: counts in buckets, each an eighth wider than the one before, of the last five minutes and the five before.
/// </summary>
internal sealed class LatencyHistogram(TimeProvider time)
{
    private const int Buckets = 128;
    private const double Growth = 1.125;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5);
    // The first bucket ends here, the last at about 50 minutes.
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private long[] _current = new long[Buckets];
    private long[] _previous = new long[Buckets];
    private long _begun = time.GetTimestamp();

    public void Add(TimeSpan duration)
    {
        lock (_gate)
        {
            Rotate();
            _current[BucketOf(duration)]++;
        }
    }

    public LatencySummary Summarize()
    {
        lock (_gate)
        {
            Rotate();
            var counts = _current.Zip(_previous, (current, previous) => current + previous).ToArray();
            var total = counts.Sum();
            return total == 0
                ? new(0, null, null, null)
                : new(total, Quantile(counts, total, 0.5), Quantile(counts, total, 0.9), Quantile(counts, total, 0.99));
        }
    }

    private static TimeSpan Quantile(long[] counts, long total, double share)
    {
        var (rank, bucket) = ((long)Math.Ceiling(total * share), 0);
        for (var seen = counts[0]; seen < rank; seen += counts[bucket])
        {
            bucket++;
        }

        return Least * Math.Pow(Growth, bucket);
    }

    private static int BucketOf(TimeSpan duration) =>
        duration <= Least ? 0 : Math.Min(Buckets - 1, (int)Math.Ceiling(Math.Log(duration / Least, Growth)));

    private void Rotate()
    {
        var periods = (long)(time.GetElapsedTime(_begun) / Period);
        if (periods == 0)
        {
            return;
        }

        (_previous, _current) = (_current, _previous);
        Array.Clear(_current);
        if (periods > 1)
        {
            Array.Clear(_previous);
        }

        _begun = time.GetTimestamp();
    }
}
