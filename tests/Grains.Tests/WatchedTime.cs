using Microsoft.Extensions.Time.Testing;

namespace Prism.Tests;

/// <summary>Time that a test lets pass, and that tells it when somebody waits: whoever begins to wait once it has passed waits for ever.</summary>
internal sealed class WatchedTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _timers = [];
    private readonly List<(Predicate<TimeSpan> IsIt, TaskCompletionSource Made)> _waiters = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_lock)
        {
            _timers.Add(dueTime);
            _waiters.RemoveAll(waiter => waiter.IsIt(dueTime) && waiter.Made.TrySetResult());
        }

        return timer;
    }

    /// <summary>Ends with the next timer that is due after such a time.</summary>
    public Task NextTimerAsync(Predicate<TimeSpan> isIt)
    {
        lock (_lock)
        {
            return Expect(isIt);
        }
    }

    /// <summary>Ends once a timer has been made that is due after such a time, or if it has been.</summary>
    public Task TimerAsync(Predicate<TimeSpan> isIt)
    {
        lock (_lock)
        {
            return _timers.Exists(isIt) ? Task.CompletedTask : Expect(isIt);
        }
    }

    private Task Expect(Predicate<TimeSpan> isIt)
    {
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiters.Add((isIt, made));
        return made.Task.WaitAsync(Patience.Limit);
    }
}
