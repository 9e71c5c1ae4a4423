using System.Globalization;
using Orleans.Persistence.Redis;
using Prism.Silo.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using StackExchange.Redis;

namespace Prism.Tests.Logging;

/// <summary>What the storage throws is a line of the log, and what a bug throws is all that there is of it.</summary>
public sealed class OutageSinkTests
{
    [Fact]
    public void What_Redis_throws_is_a_reason_at_the_end_of_a_line()
    {
        var written = Log(new InvalidOperationException("outer", new RedisServerException("OOM command not allowed\r\nat a page of frames")));

        Assert.Null(written.Exception);
        Assert.Equal("It failed for 7 (RedisServerException: OOM command not allowed)", written.RenderMessage(CultureInfo.InvariantCulture));
        Assert.Equal("7", written.Properties["Number"].ToString());
    }

    [Fact]
    public void What_Orleans_storage_makes_of_it_is_a_reason_too()
    {
        var written = Log(new OrleansException("outer", new RedisStorageException("Failed to read: RedisTimeoutException\nat a page of frames")));

        Assert.Null(written.Exception);
        Assert.Equal("It failed for 7 (RedisStorageException: Failed to read: RedisTimeoutException)", written.RenderMessage(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void What_anything_else_throws_stays_as_it_is()
    {
        var bug = new InvalidOperationException("A bug.");

        var written = Log(bug);

        Assert.Same(bug, written.Exception);
        Assert.Equal("It failed for 7", written.RenderMessage(CultureInfo.InvariantCulture));
    }

    private static LogEvent Log(Exception exception)
    {
        var kept = new Kept();
        using (var logger = new LoggerConfiguration().WriteTo.Sink(new OutageSink(kept)).CreateLogger())
        {
            logger.Error(exception, "It failed for {Number}", 7);
        }

        return Assert.Single(kept.Events);
    }

    private sealed class Kept : ILogEventSink
    {
        public List<LogEvent> Events { get; } = [];

        public void Emit(LogEvent logEvent) => Events.Add(logEvent);
    }
}
