using System.Text;
using Prism.Formats.OpenAi.Chat;

namespace Prism.Pipeline.Tokens;

/// <summary>
/// Counts the tokens of a text that arrives in pieces and may be endless. Only the last part of the text is kept; of the others only the count.
/// </summary>
/// <remarks>
/// Nothing is counted before a part is full, because most providers report the usage of an answer. The first parts are counted exactly. No existing
/// model gives a longer answer: of its further parts, one in 64 is counted, and represents those after it.
/// </remarks>
internal sealed class StreamedTokens(TokenCounter counter, string model)
{
    /// <summary>The length of a part, in characters.</summary>
    internal const int PartLength = 32 * 1024;

    /// <summary>The number of parts that are counted exactly: a quarter of a million characters.</summary>
    internal const int ExactParts = 8;

    private const int SampleEvery = 64;

    private readonly StringBuilder _part = new();
    private long _counted;
    private int _parts;
    private int _ofLastCounted;

    /// <summary>Adds a piece.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        for (var rest = text; !rest.IsEmpty;)
        {
            var taken = Math.Min(rest.Length, PartLength - _part.Length);
            _part.Append(rest[..taken]);
            rest = rest[taken..];
            if (_part.Length == PartLength)
            {
                EndPart();
            }
        }
    }

    /// <summary>Adds a piece that is escaped as in JSON.</summary>
    public void AppendEscaped(ReadOnlySpan<byte> escaped)
    {
        Span<char> text = stackalloc char[256];
        if (escaped.Length <= text.Length && !escaped.Contains((byte)'\\'))
        {
            Append(text[..Encoding.UTF8.GetChars(escaped, text)]);
        }
        else
        {
            Append(EscapedText.Unescape(escaped));
        }
    }

    /// <summary>All tokens so far.</summary>
    public int Count() => (int)Math.Min(int.MaxValue, _counted + counter.CountText(model, _part.ToString()));

    private void EndPart()
    {
        if (_parts < ExactParts || _parts % SampleEvery == 0)
        {
            _ofLastCounted = counter.CountText(model, _part.ToString());
        }

        _counted += _ofLastCounted;
        _parts++;
        _part.Clear();
    }
}
