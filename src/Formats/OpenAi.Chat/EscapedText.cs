using System.Buffers.Text;
using System.Text;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>The escaped text of a JSON string, without its quotes.</summary>
public static class EscapedText
{
    /// <summary>Whether its escapes are valid Unicode: each half of a surrogate pair has its other half.</summary>
    public static bool IsValid(ReadOnlySpan<byte> escaped)
    {
        while (escaped.IndexOf((byte)'\\') is >= 0 and var at)
        {
            if (escaped[at + 1] != 'u')
            {
                escaped = escaped[(at + 2)..];
                continue;
            }

            var unit = UnitAt(escaped, at);
            escaped = escaped[(at + 6)..];
            if (char.IsLowSurrogate(unit))
            {
                return false;
            }

            if (char.IsHighSurrogate(unit))
            {
                if (escaped is not [(byte)'\\', (byte)'u', _, _, _, _, ..] || !char.IsLowSurrogate(UnitAt(escaped, 0)))
                {
                    return false;
                }

                escaped = escaped[6..];
            }
        }

        return true;
    }

    // The reader has checked that there are four digits.
    private static char UnitAt(ReadOnlySpan<byte> escaped, int at) =>
        Utf8Parser.TryParse(escaped.Slice(at + 2, 4), out ushort unit, out _, 'x') ? (char)unit : '\0';

    /// <summary>The unescaped text.</summary>
    public static string Unescape(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(escaped);
        }

        var text = new StringBuilder(escaped.Length);
        while (escaped.IndexOf((byte)'\\') is >= 0 and var at)
        {
            text.Append(Encoding.UTF8.GetString(escaped[..at]));
            if (escaped[at + 1] == 'u')
            {
                text.Append(UnitAt(escaped, at));
                escaped = escaped[(at + 6)..];
                continue;
            }

            text.Append((char)escaped[at + 1] switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                var same => same,
            });
            escaped = escaped[(at + 2)..];
        }

        return text.Append(Encoding.UTF8.GetString(escaped)).ToString();
    }
}
