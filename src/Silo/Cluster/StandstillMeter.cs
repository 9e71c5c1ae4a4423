using Prism.Grains.Background;

namespace Prism.Silo.Cluster;

/// <summary>
/// Measures how long this process was frozen: stopped, swapped out, or without processor time. To the other silos, that looks like death.
/// </summary>
internal sealed class StandstillMeter : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    // Shorter freezes cannot be why other silos declared this one dead.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly SurvivingLoop _loop;
    private long _seenAt;
    private long _endedAt;
    private TimeSpan _longest;

    public StandstillMeter(TimeProvider time, ILogger<StandstillMeter> logger)
    {
        (_time, _seenAt) = (time, time.GetTimestamp());
        _loop = new("Measuring standstills", Interval, _ => Task.FromResult(Measure()), time, logger);
    }

    /// <summary>
    /// The longest freeze of the last two minutes; null if there was none. It includes a freeze that ends with this call: after one, another part of
    /// the process may run first.
    /// </summary>
    public TimeSpan? FindLongest() => Measure() is var longest && longest >= Shortest ? longest : null;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _ = _loop.RunInBackground(_stop.Token);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _stop.CancelAsync();

    public void Dispose() => _stop.Dispose();

    private TimeSpan Measure()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            var gap = _time.GetElapsedTime(_seenAt, now) - Interval;
            _seenAt = now;
            if (gap >= _longest || _time.GetElapsedTime(_endedAt, now) > Memory)
            {
                (_longest, _endedAt) = (gap, now);
            }

            return _longest;
        }
    }
}
