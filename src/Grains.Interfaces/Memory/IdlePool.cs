using System.Collections.Concurrent;

namespace Prism.Grains.Interfaces.Memory;

/// <summary>Idle objects for reuse, where creating one costs more than using it. Thread-safe.</summary>
/// <param name="create">Creates an object that returns to this pool.</param>
public sealed class IdlePool<T>(Func<IdlePool<T>, T> create)
    where T : class
{
    private const int MostKept = 1_024;

    private readonly ConcurrentQueue<T> _idle = new();

    /// <summary>An idle object, or a new one.</summary>
    public T Rent() => _idle.TryDequeue(out var idle) ? idle : create(this);

    /// <summary>Keeps an object for the next use. The pool keeps only so many: it drops further ones.</summary>
    public void Return(T idle)
    {
        if (_idle.Count < MostKept)
        {
            _idle.Enqueue(idle);
        }
    }
}
