using System.Buffers;
using Serilog.Debugging;

namespace Prism.Silo.Logging;

/// <summary>
/// Writes lines in order, on a thread of its own: a thread that logs only copies its line into a buffer, and one write has many lines. A slow or
/// blocked output delays nothing. Lines beyond <see cref="MostWaiting"/> are dropped, and their number is logged.
/// </summary>
/// <param name="output">Receives the lines, in UTF-8.</param>
/// <param name="mask">Removes the configured secrets.</param>
/// <param name="describeLoss">The line that reports dropped lines.</param>
internal sealed class LineDrain(Stream output, SecretMask mask, Func<long, byte[]> describeLoss) : IDisposable
{
    /// <summary>The most bytes that wait for the output.</summary>
    public const int MostWaiting = 4 * 1024 * 1024;

    // A buffer that a burst has enlarged is not kept.
    private const int MostKept = 256 * 1024;

    // So many bytes are worth a write before the time is over. With more, the buffers would outgrow what is kept, and be made anew for each write.
    private const int WorthAWrite = 64 * 1024;

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);

    // After this time, the output counts as blocked.
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FatalWait = TimeSpan.FromSeconds(1);

    // Not a Lock: no thread can wait on one.
    private readonly object _gate = new();
    private ArrayBufferWriter<byte> _waiting = new();
    private ArrayBufferWriter<byte> _written = new();
    private Thread? _thread;
    private long _dropped;
    private long? _writeBegan;
    private bool _isUrgent;
    private bool _isOver;

    /// <summary>Adds a line.</summary>
    /// <param name="line">The line with its end.</param>
    /// <param name="urgency">When it has to be written.</param>
    public void Add(ReadOnlySpan<byte> line, Urgency urgency)
    {
        lock (_gate)
        {
            if (_isOver || _waiting.WrittenCount + line.Length > MostWaiting)
            {
                _dropped++;
                return;
            }

            var isFirst = _waiting.WrittenCount == 0;
            _waiting.Write(line);
            var isUrgent = urgency != Urgency.Soon || (_waiting.WrittenCount >= WorthAWrite && !_isUrgent);
            _isUrgent |= isUrgent;
            _thread ??= Start();
            if (isFirst || isUrgent)
            {
                Monitor.PulseAll(_gate);
            }

            if (urgency == Urgency.BeforeTheEnd)
            {
                WaitUntilWritten(FatalWait);
            }
        }
    }

    /// <summary>Writes the waiting lines, unless the output is blocked.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            Monitor.PulseAll(_gate);
            WaitUntilWritten(LastWait);
        }
    }

    // Called under the lock.
    private void WaitUntilWritten(TimeSpan longestWrite)
    {
        var longest = (long)longestWrite.TotalMilliseconds;
        while (_writeBegan is not null || _waiting.WrittenCount > 0)
        {
            var left = _writeBegan is { } began ? began + longest - Environment.TickCount64 : longest;
            if (left <= 0)
            {
                return;
            }

            Monitor.Wait(_gate, (int)left);
        }
    }

    private Thread Start()
    {
        var thread = new Thread(Run) { IsBackground = true, Name = "Log" };
        // Without the context of the request that happens to be the first.
        thread.UnsafeStart();
        return thread;
    }

    private void Run()
    {
        while (Dequeue() is { } lines)
        {
            Write(lines);
            lines.ResetWrittenCount();
            lock (_gate)
            {
                _writeBegan = null;
                _written = lines.Capacity > MostKept ? new() : lines;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <returns>Null at the end.</returns>
    private ArrayBufferWriter<byte>? Dequeue()
    {
        lock (_gate)
        {
            while (_waiting.WrittenCount == 0 && !_isOver)
            {
                Monitor.Wait(_gate);
            }

            var end = Environment.TickCount64 + (long)Soon.TotalMilliseconds;
            while (!_isUrgent && !_isOver && end - Environment.TickCount64 is > 0 and var left)
            {
                Monitor.Wait(_gate, (int)left);
            }

            if (_waiting.WrittenCount == 0)
            {
                return null;
            }

            if (_dropped > 0)
            {
                _waiting.Write(describeLoss(_dropped));
                _dropped = 0;
            }

            (_waiting, _written) = (_written, _waiting);
            (_isUrgent, _writeBegan) = (false, Environment.TickCount64);
            return _written;
        }
    }

    private void Write(ArrayBufferWriter<byte> lines)
    {
        try
        {
            output.Write(mask.Apply(lines.WrittenSpan));
            output.Flush();
        }
        catch (Exception exception)
        {
            // For instance, the reader of the output is gone. That must not end the process.
            SelfLog.WriteLine("Log lines could not be written: {0}", exception);
        }
    }
}

/// <summary>When to write a line.</summary>
internal enum Urgency
{
    /// <summary>With the lines that follow it.</summary>
    Soon,

    /// <summary>At once, without a thread that waits for it.</summary>
    Now,

    /// <summary>Before the logging thread continues: it is about to end the process.</summary>
    BeforeTheEnd,
}
