using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Prism.Bench.Generator;

/// <summary>Reads one HTTP/1.1 response at little cost: the load generator shares the machine with the server that is measured.</summary>
internal sealed partial class Response(string expect)
{
    private const int TailLength = 64;
    private const int MostTold = 1000;

    private readonly byte[] _expected = Encoding.UTF8.GetBytes(expect);
    private readonly byte[] _tail = new byte[TailLength];
    private byte[] _text = new byte[8 * 1024];
    private int _length;
    private int _bodyStart;
    private long _bodyLength;
    private bool _endedWithBreak;
    private bool _isStreamed;

    /// <summary>The buffer for the next bytes from the socket.</summary>
    public Memory<byte> Free
    {
        get
        {
            if (_length == _text.Length)
            {
                Array.Resize(ref _text, _text.Length * 2);
            }

            return _text.AsMemory(_length);
        }
    }

    /// <summary>Whether the response is complete.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>What is wrong with the response; null: it is correct.</summary>
    public string? Failure => _text.AsSpan().StartsWith("HTTP/1.1 200 "u8) && Found
        ? null
        : Encoding.UTF8.GetString(_text.AsSpan(0, Math.Min(_length, MostTold))) + (_isStreamed ? $" … {Encoding.UTF8.GetString(_tail)}" : "");

    private bool Found => (_isStreamed ? _tail : _text.AsSpan(0, _length)).IndexOf(_expected) >= 0
        // The end of a chunk may be inside the expected text.
        || (_isStreamed && EndOfChunk().Replace(Encoding.UTF8.GetString(_tail), "").Contains(expect, StringComparison.Ordinal));

    /// <summary>Prepares for the next response on the same connection.</summary>
    public void Reset(bool isStreamed)
    {
        (_length, _bodyStart, _bodyLength, _endedWithBreak, IsComplete, _isStreamed) = (0, 0, 0, false, false, isStreamed);
        _tail.AsSpan().Clear();
    }

    /// <summary>Reads bytes that were received into <see cref="Free"/>.</summary>
    /// <returns>The number of events of a stream that ended in them.</returns>
    public int Advance(int count)
    {
        var start = _length;
        _length += count;
        if (_bodyStart == 0)
        {
            if (!TryReadHead())
            {
                return 0;
            }

            start = _bodyStart;
        }

        if (!_isStreamed)
        {
            IsComplete = _bodyLength >= 0 ? _length - _bodyStart >= _bodyLength : _text.AsSpan(0, _length).EndsWith("\r\n0\r\n\r\n"u8);
            return 0;
        }

        var events = ReadEvents(_text.AsSpan(start, _length - start));
        // The head is kept for the message of a failure; the events are counted and can go.
        _length = _bodyStart;
        return events;
    }

    private bool TryReadHead()
    {
        var head = _text.AsSpan(0, _length);
        var end = head.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        (_bodyStart, _bodyLength) = (end + 4, ReadLength(head[..(end + 2)]));
        // An error has a length, even if the request was for a stream.
        _isStreamed &= _bodyLength < 0;
        return true;
    }

    private static long ReadLength(ReadOnlySpan<byte> head)
    {
        foreach (var line in head.Split((byte)'\n'))
        {
            var text = head[line];
            if (text.Length > 15 && Ascii.EqualsIgnoreCase(text[..15], "content-length:"))
            {
                return Utf8Parser.TryParse(text[15..].TrimStart((byte)' '), out long length, out _)
                    ? length
                    : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"No length: {Encoding.UTF8.GetString(text)}"));
            }
        }

        return -1;
    }

    // An event ends with two line feeds. Nothing else in the response does: chunks are framed with CR LF.
    private int ReadEvents(ReadOnlySpan<byte> piece)
    {
        var events = piece is [(byte)'\n', ..] && _endedWithBreak ? 1 : 0;
        for (var rest = piece; rest.IndexOf("\n\n"u8) is >= 0 and var at; rest = rest[(at + 2)..])
        {
            events++;
        }

        _endedWithBreak = piece is [.., (byte)'\n'] and not [.., (byte)'\r', (byte)'\n'];
        KeepTail(piece);
        IsComplete = _tail.AsSpan().EndsWith("\r\n0\r\n\r\n"u8);
        return events;
    }

    private void KeepTail(ReadOnlySpan<byte> piece)
    {
        var kept = Math.Max(0, TailLength - piece.Length);
        _tail.AsSpan(TailLength - kept).CopyTo(_tail);
        piece[Math.Max(0, piece.Length - TailLength)..].CopyTo(_tail.AsSpan(kept));
    }

    [GeneratedRegex("\r\n[0-9a-f]+\r\n", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex EndOfChunk();
}
