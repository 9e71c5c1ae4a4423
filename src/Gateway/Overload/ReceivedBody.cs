using System.Buffers;
using Prism.Grains.Interfaces.Memory;

namespace Prism.Gateway.Overload;

/// <summary>
/// The received part of a request's body. Only received bytes count in the memory budget: an announced length costs nothing. It holds its share until
/// the request ends.
/// </summary>
internal sealed class ReceivedBody(MemoryBudget budget) : IDisposable
{
    private const int SmallBytes = 4 * 1024;

    private readonly MemoryShare _memory = budget.Open();
    private PooledBuffer? _bytes;

    /// <summary>The bytes received so far.</summary>
    public ReadOnlySpan<byte> Written => _bytes is null ? default : _bytes.Written;

    /// <summary>The same, for as long as the request is under way.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes is null ? default : _bytes.WrittenMemory;

    /// <summary>Adds bytes.</summary>
    /// <returns>False if there is no memory for them.</returns>
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

    /// <summary>Makes room for the objects that the body is parsed to.</summary>
    /// <param name="size">Their size.</param>
    public bool TryExpand(out long size) => _memory.TryHold(size = JsonSize.Of(Written));

    /// <summary>Makes room for a body that stays as it is, and may be read into objects all the same. A small one is not worth counting.</summary>
    public bool TryKeep() => Written.Length <= SmallBytes || TryExpand(out _);

    /// <summary>Releases the bytes. The parsed objects stay.</summary>
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
