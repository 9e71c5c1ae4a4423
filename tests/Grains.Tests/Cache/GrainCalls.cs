namespace Prism.Tests.Cache;

/// <summary>Counts the calls of each grain method, on all silos, and can be waited for.</summary>
internal sealed class GrainCalls : IIncomingGrainCallFilter
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Grain, string Method), int> _counts = [];
    private readonly List<(string Grain, string Method, int Count, TaskCompletionSource Reached)> _waiters = [];

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        await context.Invoke();
        lock (_lock)
        {
            var key = (context.TargetId.Type.ToString()!, context.MethodName);
            var count = _counts[key] = _counts.GetValueOrDefault(key) + 1;
            foreach (var waiter in _waiters.Where(waiter => (waiter.Grain, waiter.Method) == key && waiter.Count <= count))
            {
                waiter.Reached.TrySetResult();
            }
        }
    }

    /// <summary>Ends once there have been so many calls.</summary>
    public Task ReachAsync(string grain, string method, int count)
    {
        lock (_lock)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((grain, method, count, reached));
            if (_counts.GetValueOrDefault((grain, method)) >= count)
            {
                reached.SetResult();
            }

            return reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }
    }
}
