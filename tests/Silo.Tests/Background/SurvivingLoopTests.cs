using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Background;

namespace Prism.Tests.Background;

public sealed class SurvivingLoopTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly LineLogger _log = new();
    private readonly SemaphoreSlim _begun = new(0);

    public static TheoryData<string> Failures => [.. EveryFailure.Names];

    public void Dispose() => _begun.Dispose();

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failure_is_said_once_and_its_end_too(string failure)
    {
        using var stop = new CancellationTokenSource();
        var turns = 0;
        var loop = new SurvivingLoop("The work", Interval, _ => TurnAsync(), _time, _log);
        var running = loop.RunAsync(stop.Token);

        await PassAsync(turns: 6);

        Assert.False(running.IsCompleted);
        Assert.Collection(
            _log.Lines,
            line => Assert.StartsWith("Warning: The work fails and is retried (", line, StringComparison.Ordinal),
            line => Assert.Equal("Information: The work succeeds again", line));
        await stop.CancelAsync();
        await running;

        Task TurnAsync()
        {
            _begun.Release();
            return ++turns <= 3 ? Task.FromException(EveryFailure.Make(failure)) : Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Another_kind_of_failure_is_said_as_well()
    {
        using var stop = new CancellationTokenSource();
        var turns = 0;
        var loop = new SurvivingLoop("The work", Interval, _ => TurnAsync(), _time, _log);
        var running = loop.RunAsync(stop.Token);

        await PassAsync(turns: 6);

        Assert.Equal(2, _log.Lines.Count);
        await stop.CancelAsync();
        await running;

        Task TurnAsync()
        {
            _begun.Release();
            return Task.FromException(++turns % 2 == 0 ? new IOException() : new TimeoutException());
        }
    }

    [Fact]
    public async Task Its_own_stop_ends_it_in_the_middle_of_a_turn_and_is_no_failure()
    {
        using var stop = new CancellationTokenSource();
        var loop = new SurvivingLoop("The work", Interval, token => Task.Delay(Timeout.InfiniteTimeSpan, _time, token), _time, _log);
        var running = loop.RunAsync(stop.Token);

        await stop.CancelAsync();
        await running;

        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task A_loop_that_nobody_can_reach_any_more_does_not_keep_the_finalizers_thread()
    {
        Begin();
        GC.Collect();

        await Task.Run(GC.WaitForPendingFinalizers).WaitAsync(Patience.Limit);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Begin() => _ = new SurvivingLoop("The work", Interval, _ => Task.CompletedTask, new FakeTimeProvider(), new LineLogger()).RunAsync(default);
    }

    // Once a turn has begun, the one before it has been logged.
    private async Task PassAsync(int turns)
    {
        for (var i = 0; i < turns; i++)
        {
            Assert.True(await _begun.WaitAsync(Patience.Limit));
            _time.Advance(Interval);
        }

        Assert.True(await _begun.WaitAsync(Patience.Limit));
    }

    private sealed class LineLogger : ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public List<string> Lines => [.. _lines];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
    }
}
