using System.Buffers;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>
/// Skims the chunks of one stream. Most chunks differ from the one before only in their text, and some servers' in a random padding: then only these
/// are read, and all other bytes are compared.
/// </summary>
public sealed class ChunkSkimmer
{
    private const int LargestKept = 1024;

    // The end of a text, or what it has to be read for: an escape, or a character that JSON does not allow.
    private static readonly SearchValues<byte> Stops =
        SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, ' ').Select(control => (byte)control)]);

    // The last chunk that was read in full and has one text.
    private byte[]? _chunk;
    private int _length;
    private ChunkSkim _skim;

    /// <summary>Reads the data of an event into a <see cref="ChunkSkim"/>.</summary>
    /// <param name="data">Valid UTF-8.</param>
    /// <param name="skim">The result.</param>
    /// <returns>False if the data has to be parsed into its canonical form instead.</returns>
    public bool TryRead(ReadOnlySpan<byte> data, out ChunkSkim skim)
    {
        if (TryCompare(data, out skim))
        {
            return true;
        }

        if (!ChunkSkim.TryRead(data, out skim))
        {
            return false;
        }

        if (skim.Output.Length == 1 && data.Length <= LargestKept)
        {
            _chunk ??= new byte[LargestKept];
            data.CopyTo(_chunk);
            (_length, _skim) = (data.Length, skim);
        }

        return true;
    }

    private bool TryCompare(ReadOnlySpan<byte> data, out ChunkSkim skim)
    {
        skim = default;
        if (_length == 0)
        {
            return false;
        }

        ReadOnlySpan<byte> last = _chunk.AsSpan(0, _length);
        var (text, padding) = (_skim.Output[0], _skim.Padding);
        if (!TryTake(ref data, last[..text.Start], out var length))
        {
            return false;
        }

        if (padding.Length > 0)
        {
            if (!TryTake(ref data, last[text.End..padding.Start], out _))
            {
                return false;
            }

            text = padding;
        }

        if (!data.SequenceEqual(last[text.End..]))
        {
            return false;
        }

        skim = _skim.WithText(length);
        return true;
    }

    // Takes the equal bytes, and the text that follows them up to its closing quote.
    private static bool TryTake(ref ReadOnlySpan<byte> data, ReadOnlySpan<byte> equal, out int length)
    {
        length = 0;
        if (!data.StartsWith(equal))
        {
            return false;
        }

        data = data[equal.Length..];
        length = data.IndexOfAny(Stops);
        if (length <= 0 || data[length] != (byte)'"')
        {
            return false;
        }

        data = data[length..];
        return true;
    }
}
