using System.Globalization;
using System.Text;

namespace Prism.Silo.Logging;

/// <summary>Builds one line of the log, in UTF-8, in a buffer that its thread keeps for the next line.</summary>
internal sealed class LineWriter
{
    // Longer lines contain the stack of an exception.
    private const int MostKept = 8 * 1024;

    [ThreadStatic]
    private static LineWriter? s_spare;

    private byte[] _bytes = new byte[2 * 1024];

    /// <summary>The number of bytes so far.</summary>
    public int Length { get; private set; }

    /// <summary>The line so far.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Starts a line. The thread can start another before <see cref="Return"/>, which then has a buffer of its own.</summary>
    public static LineWriter Rent()
    {
        var line = s_spare ?? new();
        (s_spare, line.Length) = (null, 0);
        return line;
    }

    /// <summary>Keeps the buffer. The line must not be used any more.</summary>
    public void Return()
    {
        if (_bytes.Length <= MostKept)
        {
            s_spare = this;
        }
    }

    public void Write(scoped ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(Reserve(utf8.Length));
        Length += utf8.Length;
    }

    public void Write(byte ascii)
    {
        Reserve(1)[0] = ascii;
        Length++;
    }

    /// <summary>Writes a text as it is. An invalid surrogate becomes U+FFFD.</summary>
    public void Write(ReadOnlySpan<char> text) => Length += Encoding.UTF8.GetBytes(text, Reserve(text.Length * 3));

    /// <summary>Writes a text of ASCII characters only.</summary>
    public void WriteAscii(ReadOnlySpan<char> text)
    {
        Ascii.FromUtf16(text, Reserve(text.Length), out var length);
        Length += length;
    }

    /// <summary>Writes a number or a time.</summary>
    public Place Write<T>(T value, ReadOnlySpan<char> format = default)
        where T : struct, IUtf8SpanFormattable
    {
        var start = Length;
        int length;
        while (!value.TryFormat(_bytes.AsSpan(start), out length, format, CultureInfo.InvariantCulture))
        {
            Reserve(_bytes.Length);
        }

        Length += length;
        return new(start, length);
    }

    /// <summary>Writes again what is already in the line.</summary>
    public void Copy(Place place)
    {
        var rest = Reserve(place.Length);
        _bytes.AsSpan(place.Start, place.Length).CopyTo(rest);
        Length += place.Length;
    }

    /// <summary>Removes the zeros at the end of a fraction, and its point if nothing else is left.</summary>
    public void TrimFraction()
    {
        Length = Written.TrimEnd((byte)'0').Length;
        if (Written[^1] == (byte)'.')
        {
            Length--;
        }
    }

    private Span<byte> Reserve(int length)
    {
        if (_bytes.Length - Length < length)
        {
            Grow(length);
        }

        return _bytes.AsSpan(Length);
    }

    // Apart, so that the rest is inlined.
    private void Grow(int length) => Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + length));
}

/// <summary>A part of a line.</summary>
internal readonly record struct Place(int Start, int Length);
