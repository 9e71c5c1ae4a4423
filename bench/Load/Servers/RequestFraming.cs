using System.Globalization;

namespace Prism.Bench.Servers;

/// <summary>Finds the end of a request's body, from its length or its last chunk.</summary>
internal sealed class RequestFraming
{
    private static ReadOnlySpan<byte> LastChunk => "0\r\n\r\n"u8;

    private readonly byte[] _tail = new byte[LastChunk.Length];
    private readonly bool _isChunked;
    private long _left;

    private RequestFraming(bool isChunked, long length) => (_isChunked, _left) = (isChunked, length);

    /// <summary>Reads the framing from the head of a request.</summary>
    public static RequestFraming Of(string head)
    {
        const string Length = "content-length:";
        var at = head.IndexOf(Length, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return new(head.Contains("transfer-encoding: chunked", StringComparison.OrdinalIgnoreCase), 0);
        }

        var end = head.IndexOf('\r', at);
        var length = head.AsSpan(at + Length.Length, (end < 0 ? head.Length : end) - at - Length.Length).Trim();
        return new(false, long.Parse(length, CultureInfo.InvariantCulture));
    }

    /// <summary>Counts received bytes of the body.</summary>
    /// <returns>Whether the body is complete.</returns>
    public bool Add(ReadOnlySpan<byte> piece)
    {
        if (!_isChunked)
        {
            _left -= piece.Length;
            return _left <= 0;
        }

        var kept = Math.Max(0, _tail.Length - piece.Length);
        _tail.AsSpan(_tail.Length - kept).CopyTo(_tail);
        piece[Math.Max(0, piece.Length - _tail.Length)..].CopyTo(_tail.AsSpan(kept));
        return _tail.AsSpan().SequenceEqual(LastChunk);
    }
}
