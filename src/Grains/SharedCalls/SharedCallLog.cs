using Prism.Grains.Interfaces.Memory;
using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Grains.SharedCalls;

/// <summary>
/// The events of a shared call in memory, in order: one writer, any number of readers, each with a position of its own. All of them are kept, up to
/// a cap: so a reader may come late, and the answer can be stored. Beyond the cap only those are kept that a reader still needs. Then the writer
/// waits for the fastest reader, so that a client that does not read stops the provider, and does not fill the memory; a reader that is a
/// whole cap behind the fastest is overtaken, so that it does not hold the others up.
/// </summary>
/// <param name="memory">What the events are counted in.</param>
/// <param name="cap">The most bytes that are kept.</param>
internal sealed class SharedCallLog(MemoryShare memory, long cap) : IDisposable
{
    // One event is kept in any case, and some more beside it.
    private const long AtLeast = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly List<SharedCallReader> _readers = [];
    // What is below the count never changes: a reader may go on with an array that has been replaced.
    private AnswerFrame[] _events = new AnswerFrame[16];
    private long[] _sizes = new long[16];
    // The position of the first that is kept; how many are kept from there on.
    private int _first;
    private int _kept;
    private long _bytes;
    private bool _closed;
    private bool _lastSeen;
    private TaskCompletionSource? _grown;
    private TaskCompletionSource? _moved;

    /// <summary>Whether the last event is here.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_lock)
            {
                return _lastSeen;
            }
        }
    }

    /// <summary>Adds a reader at the start.</summary>
    /// <returns>False where the start is not kept any more.</returns>
    public bool TryAdd(SharedCallReader reader)
    {
        lock (_lock)
        {
            if (_first > 0)
            {
                return false;
            }

            reader.FoundWhole = _lastSeen;
            _readers.Add(reader);
            return true;
        }
    }

    /// <summary>A reader has left.</summary>
    public void Remove(SharedCallReader reader)
    {
        lock (_lock)
        {
            _readers.Remove(reader);
            WakeWriter();
        }
    }

    /// <summary>Adds an event, once there is room for it.</summary>
    public async ValueTask AppendAsync(AnswerFrame frame, CancellationToken cancellationToken)
    {
        var size = FrameSize.Of(frame);
        while (TryAppend(frame, size) is { } moved)
        {
            await moved.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Nothing more will come.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            WakeReaders();
        }
    }

    /// <summary>Every event, where all are here from the first to the last; else nothing.</summary>
    public ReadOnlyMemory<AnswerFrame> ReadWhole()
    {
        lock (_lock)
        {
            return _lastSeen && _first == 0 ? _events.AsMemory(0, _kept) : default;
        }
    }

    /// <summary>What there is for a reader; it may be nothing.</summary>
    public ReadOnlyMemory<AnswerFrame> Read(SharedCallReader reader)
    {
        lock (_lock)
        {
            if (reader.Position < _first)
            {
                return default;
            }

            var events = _events.AsMemory(reader.Position - _first, _first + _kept - reader.Position);
            reader.Position += events.Length;
            WakeWriter();
            return events;
        }
    }

    /// <summary>Waits until there is something for a reader.</summary>
    /// <returns>False where there never will be.</returns>
    public ValueTask<bool> WaitAsync(SharedCallReader reader, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return reader.Position < _first ? new(false)
                : reader.Position < _first + _kept ? new(true)
                : _closed ? new(false)
                : new(WaitAsync((_grown ??= NewSignal()).Task, reader, cancellationToken));
        }
    }

    /// <summary>Whether a reader has been overtaken.</summary>
    public bool HasOvertaken(SharedCallReader reader)
    {
        lock (_lock)
        {
            return reader.Position < _first;
        }
    }

    public void Dispose() => memory.Dispose();

    private async Task<bool> WaitAsync(Task grown, SharedCallReader reader, CancellationToken cancellationToken)
    {
        await grown.WaitAsync(cancellationToken);
        return await WaitAsync(reader, cancellationToken);
    }

    /// <returns>Null where it is added; else what to wait for.</returns>
    private Task? TryAppend(in AnswerFrame frame, long size)
    {
        lock (_lock)
        {
            if (!HasRoom(size))
            {
                Drop(_readers.Count == 0 ? _first + _kept : _readers.Min(reader => reader.Position));
            }

            if (!HasRoom(size) && _kept > 0)
            {
                if (!_readers.Exists(reader => reader.Position == _first + _kept))
                {
                    return (_moved ??= NewSignal()).Task;
                }

                Drop(_first + _kept);
            }

            Add(frame, size);
            return null;
        }
    }

    private bool HasRoom(long size) => _bytes + size <= AtLeast || (_bytes + size <= cap && memory.TryHold(_bytes + size));

    private void Add(in AnswerFrame frame, long size)
    {
        if (_kept == _events.Length)
        {
            Array.Resize(ref _events, _kept * 2);
            Array.Resize(ref _sizes, _kept * 2);
        }

        _sizes[_kept] = size;
        _events[_kept++] = frame;
        _bytes += size;
        _lastSeen = frame.IsLast;
        memory.Hold(_bytes);
        WakeReaders();
    }

    // In a new array, since readers may still be at the old one.
    private void Drop(int before)
    {
        var dropped = before - _first;
        if (dropped <= 0)
        {
            return;
        }

        _bytes -= _sizes.AsSpan(0, dropped).ToArray().Sum();
        _kept -= dropped;
        _first = before;
        var (events, sizes) = (new AnswerFrame[Math.Max(16, _kept * 2)], new long[Math.Max(16, _kept * 2)]);
        Array.Copy(_events, dropped, events, 0, _kept);
        Array.Copy(_sizes, dropped, sizes, 0, _kept);
        (_events, _sizes) = (events, sizes);
        memory.Release(_bytes);
        // Those who are overtaken are told so.
        WakeReaders();
    }

    // All go on elsewhere: nobody waits for what the others do with it.
    private void WakeReaders()
    {
        _grown?.SetResult();
        _grown = null;
    }

    private void WakeWriter()
    {
        _moved?.SetResult();
        _moved = null;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
