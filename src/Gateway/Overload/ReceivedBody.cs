using System.Buffers;
using Prism.Grains.Interfaces.Memory;

namespace Prism.Gateway.Overload;

/// <summary>
/// The body of a request, as far as it has come. Only what is here counts in the memory budget: what a client announces costs nothing. Holds
/// its share until the request ends.
/// </summary>
internal sealed class ReceivedBody(MemoryBudget budget) : IDisposable
{
    private readonly MemoryShare _memory = budget.Open();
    private PooledBuffer? _bytes;

    /// <summary>What has come.</summary>
    public ReadOnlySpan<byte> Written => _bytes is null ? default : _bytes.Written;

    /// <summary>Takes more.</summary>
    /// <returns>False where there is no memory for it.</returns>
    public bool TryAppend(in ReadOnlySequence<byte> more)
    {
        var length = (_bytes?.Length ?? 0) + more.Length;
        // Twice, because the buffer grows by doubling.
        if (!_memory.TryHold(2 * length))
        {
            return false;
        }

        _bytes ??= new();
        foreach (var segment in more)
        {
            _bytes.Append(segment.Span);
        }

        return true;
    }

    /// <summary>Makes room for what the body becomes when it is read.</summary>
    /// <param name="size">How much that is.</param>
    public bool TryExpand(out long size) => _memory.TryHold(size = JsonSize.Of(Written));

    /// <summary>The bytes are not needed any more. What was read of them still is.</summary>
    public void Drop()
    {
        _bytes?.Dispose();
        _bytes = null;
    }

    public void Dispose()
    {
        Drop();
        _memory.Dispose();
    }
}
