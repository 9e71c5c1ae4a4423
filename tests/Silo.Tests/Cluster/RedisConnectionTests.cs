using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Prism.Silo.Cluster;

namespace Prism.Tests.Cluster;

public sealed class RedisConnectionTests
{
    [Fact]
    public async Task That_Redis_cannot_be_reached_is_said_at_once_and_again_each_minute()
    {
        var time = new HastyTime();
        var log = new LineLog(time);
        var connection = new RedisConnection(RedisUrl.TryParse("redis://user:secret@127.0.0.1:1/0").Url!, time, log);
        var connecting = connection.GetAsync();
        var lines = new List<(string Text, int Pauses)>();
        for (var i = 0; i < 2; i++)
        {
            lines.Add(await log.Lines.Reader.ReadAsync());
        }

        await connection.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);

        // Each pause is half a minute here.
        Assert.Equal([0, 2], lines.Select(line => line.Pauses));
        Assert.All(lines, line =>
        {
            Assert.StartsWith("Redis at 127.0.0.1:1/0 cannot be reached yet (no connection). This silo waits for it", line.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", line.Text, StringComparison.Ordinal);
        });
    }

    /// <summary>Half a minute passes with each wait, which is over at once.</summary>
    private sealed class HastyTime : TimeProvider
    {
        private long _now;
        private int _pauses;

        public int Pauses => Volatile.Read(ref _pauses);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _now);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _pauses);
            Interlocked.Add(ref _now, TimeSpan.FromSeconds(30).Ticks);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    // Counts the pauses when a line is written: when the test reads it there may have been more.
    private sealed class LineLog(HastyTime time) : ILogger<RedisConnection>
    {
        public Channel<(string Text, int Pauses)> Lines { get; } = Channel.CreateUnbounded<(string, int)>();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Writer.TryWrite((formatter(state, exception), time.Pauses));
    }
}
