using System.Collections.Concurrent;

namespace Prism.Tests.Cache;

/// <summary>Counts the calls of each grain method, on all silos, and can be waited for.</summary>
internal sealed class GrainCalls : IIncomingGrainCallFilter
{
    private const string Entered = "entered ";

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Grain, string Method), int> _counts = [];
    private readonly ConcurrentDictionary<string, SiloAddress> _silos = [];
    private readonly List<(string Grain, string Method, int Count, TaskCompletionSource Reached)> _waiters = [];

    /// <summary>The methods whose enumeration fails, by their names: as on a silo that does not have them.</summary>
    public Func<string, bool> IsUnknown { get; set; } = _ => false;

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.MethodName.StartsWith("StartEnumeration", StringComparison.Ordinal)
            && context.Request.GetArgument(1) is IRequest request && IsUnknown(request.GetMethodName()))
        {
            throw new NotSupportedException(request.GetMethodName());
        }

        var grain = context.TargetId.Type.ToString()!;
        if (context.Grain is Grain)
        {
            // An observer has no place, and says so with an exception.
            _silos[context.TargetId.ToString()] = context.TargetContext.Address.SiloAddress!;
        }

        Count(grain, Entered + context.MethodName);
        await context.Invoke();
        Count(grain, context.MethodName);
    }

    /// <summary>Where the grains of a type were when they were last called.</summary>
    public IReadOnlyList<SiloAddress> SilosOf(string grain) => [.. _silos.Where(one => one.Key.StartsWith(grain + "/", StringComparison.Ordinal)).Select(one => one.Value)];

    /// <summary>How many calls have been answered.</summary>
    public int CountOf(string grain, string method)
    {
        lock (_lock)
        {
            return _counts.GetValueOrDefault((grain, method));
        }
    }

    /// <summary>Ends once so many calls have come in, answered or not.</summary>
    public Task EnterAsync(string grain, string method, int count) => ReachAsync(grain, Entered + method, count);

    /// <summary>Ends once so many calls have been answered.</summary>
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

            return reached.Task.WaitAsync(Patience.Limit);
        }
    }

    private void Count(string grain, string method)
    {
        lock (_lock)
        {
            var key = (grain, method);
            var count = _counts[key] = _counts.GetValueOrDefault(key) + 1;
            foreach (var waiter in _waiters.Where(waiter => (waiter.Grain, waiter.Method) == key && waiter.Count <= count))
            {
                waiter.Reached.TrySetResult();
            }
        }
    }
}
