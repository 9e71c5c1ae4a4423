namespace Prism.Grains.Interfaces.Memory;

/// <summary>One holder's share of the <see cref="MemoryBudget"/>. Disposing it gives all of it back. One thread at a time.</summary>
public sealed class MemoryShare : IDisposable
{
    // Taken in steps, so that bytes that come one by one do not cost one exchange each.
    private const long Step = 16 * 1024;

    private readonly MemoryBudget _budget;
    private readonly bool _isKept;
    private long _held;

    internal MemoryShare(MemoryBudget budget, bool isKept) => (_budget, _isKept) = (budget, isKept);

    /// <summary>Grows to a size at least.</summary>
    /// <returns>False where there is no room: then it is as large as before.</returns>
    public bool TryHold(long bytes)
    {
        var more = RoundUp(bytes) - _held;
        if (more <= 0)
        {
            return true;
        }

        if (!_budget.TryReserve(more, _held + more, _isKept))
        {
            return false;
        }

        _held += more;
        return true;
    }

    /// <summary>Grows to a size at least, whether there is room or not: memory that is in use already is counted anyway.</summary>
    public void Hold(long bytes)
    {
        var more = RoundUp(bytes) - _held;
        if (more > 0)
        {
            _budget.Reserve(more);
            _held += more;
        }
    }

    /// <summary>Shrinks to a size at most.</summary>
    public void Release(long bytes)
    {
        var less = _held - RoundUp(bytes);
        if (less > 0)
        {
            _budget.Return(less);
            _held -= less;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _held, 0) is > 0 and var held)
        {
            _budget.Return(held);
        }
    }

    private static long RoundUp(long bytes) => (bytes + Step - 1) / Step * Step;
}
