namespace Prism.Tests.Quotas.Simulation;

/// <summary>
/// A world of one thread and its own time: whatever is asynchronous in it happens in an order that its seed decides, and time passes only
/// from one event to the next. What runs in it must be started in <see cref="Run"/>.
/// </summary>
internal sealed class World(int seed) : SynchronizationContext
{
    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private long _order;

    /// <summary>Decides everything that is left to chance.</summary>
    public Random Chance { get; } = new(seed);

    /// <summary>What has passed since the beginning, in ticks of 100 ns.</summary>
    public long Now { get; private set; }

    /// <summary>The same in seconds.</summary>
    public double Seconds => Now / (double)TimeSpan.TicksPerSecond;

    public override void Post(SendOrPostCallback d, object? state) => _ready.Enqueue((d, state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    /// <summary>Has something happen later.</summary>
    public void Schedule(TimeSpan delay, Action action) =>
        _events.Enqueue(action, (Now + Math.Max(0, delay.Ticks), _order++));

    /// <summary>A task that ends later.</summary>
    public Task After(TimeSpan delay)
    {
        var ended = new TaskCompletionSource();
        Schedule(delay, ended.SetResult);
        return ended.Task;
    }

    /// <summary>A random span up to this.</summary>
    public TimeSpan UpTo(TimeSpan most) => most * Chance.NextDouble();

    /// <summary>Lets so much time pass, after beginning something.</summary>
    public void Run(TimeSpan duration, Action? begin = null)
    {
        var previous = Current;
        SetSynchronizationContext(this);
        try
        {
            begin?.Invoke();
            var end = Now + duration.Ticks;
            Settle();
            while (_events.TryPeek(out _, out var next) && next.At <= end)
            {
                var action = _events.Dequeue();
                Now = Math.Max(Now, next.At);
                action();
                Settle();
            }

            Now = end;
        }
        finally
        {
            SetSynchronizationContext(previous);
        }
    }

    private void Settle()
    {
        while (_ready.TryDequeue(out var next))
        {
            next.Callback(next.State);
        }
    }
}
