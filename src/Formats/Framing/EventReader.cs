using System.Buffers;
using System.Text;

namespace Prism.Formats.Framing;

/// <summary>
/// Splits the bytes of a streamed answer into events. It does no I/O: the caller reads the bytes into <see cref="GetSpace"/>. Not thread-safe.
/// </summary>
/// <param name="framing">The framing of the events.</param>
/// <remarks>Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream</remarks>
public sealed class EventReader(StreamFraming framing) : IDisposable
{
    private const string DefaultType = "message";
    private const int FirstSize = 4 * 1024;

    // The pool must not keep larger buffers.
    private const int LargestPooled = 1 << 20;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _end;
    private int _lineStart;
    private int _scanned;
    private int _dataStart;
    private int _dataLength;
    private bool _hasData;
    private bool _skipsLineFeed;
    private bool _isPastFirstLine;
    private string? _nextType;
    private string? _lastType;

    /// <summary>The type of the event; empty for JSON lines.</summary>
    public string Type { get; private set; } = "";

    /// <summary>The data of the event. Valid until the next <see cref="GetSpace"/>.</summary>
    public ReadOnlyMemory<byte> Data => _bytes.AsMemory(_dataStart, _dataLength);

    /// <summary>Room for more bytes, to be confirmed with <see cref="Advance"/>.</summary>
    public Memory<byte> GetSpace()
    {
        var first = _hasData ? _dataStart : _lineStart;
        if (first == _end)
        {
            Move(first);
        }
        else if (_bytes.Length - _end < FirstSize / 4)
        {
            MakeRoom(first);
        }

        return _bytes.AsMemory(_end);
    }

    /// <summary>Adds the bytes that the caller has read.</summary>
    public void Advance(int count) => _end += count;

    /// <summary>Advances to the next event.</summary>
    /// <returns>False if it is not complete yet.</returns>
    public bool TryRead() => framing == StreamFraming.ServerSentEvents ? TryReadEvent() : TryReadLine();

    /// <summary>Treats the rest at the end of the stream as the last event: a last line may lack its line break.</summary>
    /// <returns>False if there is no rest, or the framing has no such event.</returns>
    public bool TryReadRest()
    {
        if (framing == StreamFraming.ServerSentEvents || !HasContent(_bytes.AsSpan(_lineStart, _end - _lineStart)))
        {
            return false;
        }

        (_dataStart, _dataLength) = (_lineStart, _end - _lineStart);
        _lineStart = _scanned = _end;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Return(_bytes);
        _bytes = [];
        _end = _lineStart = _scanned = _dataStart = _dataLength = 0;
    }

    private bool TryReadLine()
    {
        while (_bytes.AsSpan(_scanned, _end - _scanned).IndexOf((byte)'\n') is >= 0 and var found)
        {
            var end = _scanned + found;
            (_dataStart, _dataLength) = (_lineStart, end - _lineStart);
            _lineStart = _scanned = end + 1;
            if (HasContent(Data.Span))
            {
                return true;
            }
        }

        _scanned = _end;
        return false;
    }

    private bool TryReadEvent()
    {
        if (_skipsLineFeed && _scanned < _end)
        {
            _skipsLineFeed = false;
            if (_bytes[_scanned] == '\n')
            {
                _lineStart = ++_scanned;
            }
        }

        while (_bytes.AsSpan(_scanned, _end - _scanned).IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var found)
        {
            var (start, end) = (_lineStart, _scanned + found);
            _lineStart = _scanned = end + 1;
            if (_bytes[end] == '\r')
            {
                // The line feed of this line break may not have arrived yet.
                _skipsLineFeed = _scanned == _end;
                _lineStart = _scanned += !_skipsLineFeed && _bytes[_scanned] == '\n' ? 1 : 0;
            }

            if (start == end)
            {
                if (TryDispatch())
                {
                    return true;
                }
            }
            else
            {
                ReadField(start, end);
            }
        }

        _scanned = _end;
        return false;
    }

    private bool TryDispatch()
    {
        Type = _nextType ?? DefaultType;
        _nextType = null;
        var hasData = _hasData;
        _hasData = false;
        return hasData;
    }

    private void ReadField(int start, int end)
    {
        if (!_isPastFirstLine)
        {
            _isPastFirstLine = true;
            start += _bytes.AsSpan(start, end - start).StartsWith("\uFEFF"u8) ? 3 : 0;
        }

        var line = _bytes.AsSpan(start, end - start);
        var colon = line.IndexOf((byte)':');
        var name = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? end : start + colon + 1;
        value += value < end && _bytes[value] == ' ' ? 1 : 0;
        if (name.SequenceEqual("data"u8))
        {
            AddData(value, end - value);
        }
        else if (name.SequenceEqual("event"u8))
        {
            _nextType = _lastType = TypeOf(_bytes.AsSpan(value, end - value));
        }
    }

    private void AddData(int start, int length)
    {
        if (!_hasData)
        {
            (_hasData, _dataStart, _dataLength) = (true, start, length);
            return;
        }

        // The bytes of the field's name leave room for the line break.
        var end = _dataStart + _dataLength;
        _bytes[end] = (byte)'\n';
        _bytes.AsSpan(start, length).CopyTo(_bytes.AsSpan(end + 1));
        _dataLength += 1 + length;
    }

    // A stream repeats few types, so the last string is reused.
    private string TypeOf(ReadOnlySpan<byte> type) =>
        type.IsEmpty ? DefaultType
        : _lastType is { } last && last.Length == type.Length && Ascii.Equals(type, last) ? last
        : Encoding.UTF8.GetString(type);

    private void MakeRoom(int first)
    {
        if (first > _bytes.Length / 2)
        {
            Move(first);
            return;
        }

        var larger = _bytes.Length >= LargestPooled / 2
            ? GC.AllocateUninitializedArray<byte>(_bytes.Length * 2)
            : ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
        _bytes.AsSpan(0, _end).CopyTo(larger);
        Return(_bytes);
        _bytes = larger;
    }

    private void Move(int first)
    {
        _bytes.AsSpan(first, _end - first).CopyTo(_bytes);
        _end -= first;
        _lineStart -= first;
        _scanned -= first;
        _dataStart = Math.Max(0, _dataStart - first);
    }

    private static void Return(byte[] bytes)
    {
        if (bytes.Length is > 0 and <= LargestPooled)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static bool HasContent(ReadOnlySpan<byte> line) => line.ContainsAnyExcept(" \t\r"u8);
}
