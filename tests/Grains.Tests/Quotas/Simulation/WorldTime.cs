namespace Prism.Tests.Quotas.Simulation;

/// <summary>The clock of one machine in a <see cref="World"/>: monotonic as the world is, its calendar as wrong as it is set.</summary>
internal sealed class WorldTime(World world) : TimeProvider
{
    public static readonly DateTimeOffset Beginning = new(2026, 3, 14, 9, 26, 53, TimeSpan.Zero);

    /// <summary>What the machine's calendar is ahead.</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>The calendar day begins here, instead.</summary>
    public DateTimeOffset Start { get; set; } = Beginning;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => world.Now;

    public override DateTimeOffset GetUtcNow() => Start + TimeSpan.FromTicks(world.Now) + Skew;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(world, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(World world, TimerCallback callback, object? state) : ITimer
    {
        private int _version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Arm(dueTime, period, ++_version);
            return true;
        }

        public void Dispose() => _version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(TimeSpan dueTime, TimeSpan period, int version)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                return;
            }

            world.Schedule(dueTime, () =>
            {
                if (version == _version)
                {
                    Arm(period, period, version);
                    callback(state);
                }
            });
        }
    }
}
