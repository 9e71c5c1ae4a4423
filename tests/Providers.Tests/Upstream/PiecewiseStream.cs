namespace Prism.Tests.Upstream;

/// <summary>A stream that hands out one piece a read, as a network may.</summary>
internal sealed class PiecewiseStream(byte[][] pieces, bool endless = false) : Stream
{
    private int _next;
    private int _at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // A piece of no bytes would be the end.
        while (_next < pieces.Length && pieces[_next].Length == _at)
        {
            (_next, _at) = (_next + 1, 0);
        }

        if (_next == pieces.Length)
        {
            return endless ? await new TaskCompletionSource<int>().Task.WaitAsync(cancellationToken) : 0;
        }

        var count = Math.Min(buffer.Length, pieces[_next].Length - _at);
        pieces[_next].AsMemory(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
