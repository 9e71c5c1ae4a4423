using Prism.Grains.Interfaces.Memory;
using Prism.Grains.Interfaces.SharedCalls;

namespace Prism.Grains.SharedCalls;

/// <summary>
/// A log in the memory of this silo. It keeps all frames, up to a cap: so a reader may come late, and the answer can be stored. Beyond the cap it keeps
/// only those that a reader still needs. Then the writer waits for the fastest reader, so that a client that does not read stops the provider, and
/// does not fill the memory. A reader that is a whole cap behind the fastest is overtaken, so that it does not hold up the others.
/// </summary>
/// <param name="memory">Where the frames are counted.</param>
/// <param name="cap">The most bytes that are kept.</param>
/// <param name="first">The sequence number of the first frame that is added.</param>
internal sealed class MemoryAnswerLog(MemoryShare memory, long cap, long first = 0) : IAnswerLog
{
    // One frame is kept in any case, and some more beside it.
    private const long AtLeast = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly List<Reader> _readers = [];
    // Entries below the count never change: a reader may continue with an array that has been replaced.
    private AnswerFrame[] _frames = new AnswerFrame[16];
    private long[] _sizes = new long[16];
    // The sequence number of the first frame that is kept; how many are kept from there on.
    private long _first = first;
    private int _kept;
    private long _bytes;
    private bool _closed;
    private bool _lastSeen;
    private TaskCompletionSource? _grown;
    private TaskCompletionSource? _moved;

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

    // The sequence number of the next frame that is added.
    private long End => _first + _kept;

    public async ValueTask<long> AppendAsync(AnswerFrame frame, CancellationToken cancellationToken)
    {
        var size = FrameSize.Of(frame);
        while (true)
        {
            var (number, moved) = TryAppend(frame, size);
            if (moved is null)
            {
                return number;
            }

            await moved.WaitAsync(cancellationToken);
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            WakeReaders();
        }
    }

    public IAnswerLogReader? TryRead(long number)
    {
        lock (_lock)
        {
            if (number < _first)
            {
                return null;
            }

            var reader = new Reader(this, number);
            _readers.Add(reader);
            return reader;
        }
    }

    public ReadOnlyMemory<AnswerFrame> ReadWhole()
    {
        lock (_lock)
        {
            return _lastSeen && _first == 0 ? _frames.AsMemory(0, _kept) : default;
        }
    }

    public void Dispose() => memory.Dispose();

    private void Remove(Reader reader)
    {
        lock (_lock)
        {
            _readers.Remove(reader);
            WakeWriter();
        }
    }

    private ReadOnlyMemory<AnswerFrame> Read(Reader reader)
    {
        lock (_lock)
        {
            if (reader.Next < _first || reader.Next >= End)
            {
                return default;
            }

            var frames = _frames.AsMemory((int)(reader.Next - _first), (int)(End - reader.Next));
            reader.Next = End;
            WakeWriter();
            return frames;
        }
    }

    private ValueTask<bool> WaitAsync(Reader reader, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return reader.Next < _first ? new(false)
                : reader.Next < End ? new(true)
                : _closed ? new(false)
                : new(WaitAsync((_grown ??= NewSignal()).Task, reader, cancellationToken));
        }
    }

    private async Task<bool> WaitAsync(Task grown, Reader reader, CancellationToken cancellationToken)
    {
        await grown.WaitAsync(cancellationToken);
        return await WaitAsync(reader, cancellationToken);
    }

    private bool HasEnded(Reader reader)
    {
        lock (_lock)
        {
            return _lastSeen && reader.Next >= End;
        }
    }

    private bool HasOvertaken(Reader reader)
    {
        lock (_lock)
        {
            return reader.Next < _first;
        }
    }

    /// <returns>Its number; or what to wait for.</returns>
    private (long Number, Task? Moved) TryAppend(in AnswerFrame frame, long size)
    {
        lock (_lock)
        {
            if (!HasRoom(size))
            {
                Drop(_readers.Count == 0 ? End : _readers.Min(reader => reader.Next));
            }

            if (!HasRoom(size) && _kept > 0)
            {
                if (!_readers.Exists(reader => reader.Next >= End))
                {
                    return (-1, (_moved ??= NewSignal()).Task);
                }

                Drop(End);
            }

            Add(frame, size);
            return (End - 1, null);
        }
    }

    private bool HasRoom(long size) => _bytes + size <= AtLeast || (_bytes + size <= cap && memory.TryHold(_bytes + size));

    private void Add(in AnswerFrame frame, long size)
    {
        if (_kept == _frames.Length)
        {
            Array.Resize(ref _frames, _kept * 2);
            Array.Resize(ref _sizes, _kept * 2);
        }

        _sizes[_kept] = size;
        _frames[_kept++] = frame;
        _bytes += size;
        _lastSeen = frame.IsLast;
        memory.Hold(_bytes);
        WakeReaders();
    }

    // In a new array, since readers may still be at the old one.
    private void Drop(long before)
    {
        // A reader may be ahead: it waits for a frame that is still to come.
        var dropped = (int)Math.Min(before - _first, _kept);
        if (dropped <= 0)
        {
            return;
        }

        _bytes -= _sizes.AsSpan(0, dropped).ToArray().Sum();
        _kept -= dropped;
        _first += dropped;
        var (frames, sizes) = (new AnswerFrame[Math.Max(16, _kept * 2)], new long[Math.Max(16, _kept * 2)]);
        Array.Copy(_frames, dropped, frames, 0, _kept);
        Array.Copy(_sizes, dropped, sizes, 0, _kept);
        (_frames, _sizes) = (frames, sizes);
        memory.Release(_bytes);
        // Overtaken readers get an error.
        WakeReaders();
    }

    // The readers continue on other threads: this one does not wait for their work.
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

    private sealed class Reader(MemoryAnswerLog log, long next) : IAnswerLogReader
    {
        public long Next { get; set; } = next;

        public bool HasEnded => log.HasEnded(this);

        public bool WasOvertaken => log.HasOvertaken(this);

        public ReadOnlyMemory<AnswerFrame> Read() => log.Read(this);

        public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => log.WaitAsync(this, cancellationToken);

        public void Dispose() => log.Remove(this);
    }
}
