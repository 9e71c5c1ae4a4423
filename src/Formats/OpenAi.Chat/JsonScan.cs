using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>
/// A pass over the bytes of a JSON text. Each method reads one value and returns false if the value may be invalid: another type, out of range, a
/// duplicate property, a name that a lenient server may mistake for a known one, text that is not Unicode.
/// </summary>
internal ref struct JsonScan(ReadOnlySpan<byte> json, Span<ulong> names)
{
    // The depth limit of the canonical form.
    private const int MaxDepth = 32;

    // A name with other characters may be an upper case or look-alike form of a known one.
    private static readonly SearchValues<byte> PlainName = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_"u8);

    private readonly Span<ulong> _names = names;

    /// <summary>The position.</summary>
    public Utf8JsonReader Reader = new(json, new JsonReaderOptions { MaxDepth = MaxDepth });

    /// <summary>The number of names of the objects that are open.</summary>
    public int OpenNames;

    /// <summary>The bytes of everything that the model may see.</summary>
    public long TextBytes;

    /// <summary>Whether every value so far is one whose tokens and price are known.</summary>
    public bool IsPlain = true;

    /// <summary>A whole number within bounds, or null.</summary>
    public bool TryInt(int least, int most, out int? value)
    {
        value = null;
        Reader.Read();
        if (Reader.TokenType == JsonTokenType.Number && Reader.TryGetInt32(out var number) && number >= least && number <= most)
        {
            value = number;
            return true;
        }

        return Reader.TokenType == JsonTokenType.Null;
    }

    /// <summary>A whole number of 64 bits, or null.</summary>
    public bool TryInteger()
    {
        Reader.Read();
        return Reader.TokenType == JsonTokenType.Null || (Reader.TokenType == JsonTokenType.Number && Reader.TryGetInt64(out _));
    }

    /// <summary>A number within bounds, or null.</summary>
    public bool TryNumber(double least, double most)
    {
        Reader.Read();
        return Reader.TokenType == JsonTokenType.Null
            || (Reader.TokenType == JsonTokenType.Number && Reader.TryGetDouble(out var number) && number >= least && number <= most);
    }

    /// <summary>True, false or null.</summary>
    public bool TryBool(out bool? value)
    {
        Reader.Read();
        value = Reader.TokenType is JsonTokenType.True or JsonTokenType.False ? Reader.GetBoolean() : null;
        return value is not null || Reader.TokenType == JsonTokenType.Null;
    }

    /// <summary>A text that the model may see, or null.</summary>
    public bool TryText() => TryText(out _);

    /// <summary>A text that the model may see, or null.</summary>
    public bool TryText(out bool hasText)
    {
        Reader.Read();
        hasText = Reader.TokenType == JsonTokenType.String;
        return hasText ? IsText() && CountText() : Reader.TokenType == JsonTokenType.Null;
    }

    /// <summary>A value of any type that the model may see.</summary>
    public bool TryShown(int plainLevels, out JsonTokenType type)
    {
        Reader.Read();
        type = Reader.TokenType;
        var start = Reader.TokenStartIndex;
        if (!TrySkip(plainLevels))
        {
            return false;
        }

        TextBytes += Reader.BytesConsumed - start;
        return true;
    }

    /// <inheritdoc cref="TryUnknown(int, out JsonTokenType)"/>
    public bool TryUnknown(int plainLevels) => TryUnknown(plainLevels, out _);

    /// <summary>The value of an unknown property: it goes upstream, and the canonical form decides its effect on tokens and price.</summary>
    public bool TryUnknown(int plainLevels, out JsonTokenType type)
    {
        TextBytes += Reader.ValueSpan.Length;
        if (!TryShown(plainLevels, out type))
        {
            return false;
        }

        IsPlain &= type == JsonTokenType.Null;
        return true;
    }

    /// <summary>Reads the rest of the current value.</summary>
    /// <param name="plainLevels">The levels of objects in which names must not resemble known ones.</param>
    public bool TrySkip(int plainLevels)
    {
        switch (Reader.TokenType)
        {
            case JsonTokenType.String:
                return IsText();
            case JsonTokenType.StartArray:
                while (Reader.Read() && Reader.TokenType != JsonTokenType.EndArray)
                {
                    if (!TrySkip(plainLevels))
                    {
                        return false;
                    }
                }

                return true;
            case JsonTokenType.StartObject:
                return TrySkipObject(plainLevels);
            default:
                return true;
        }
    }

    private bool TrySkipObject(int plainLevels)
    {
        var first = OpenNames;
        while (Reader.Read() && Reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryName(first, plainLevels > 0) || !Reader.Read() || !TrySkip(plainLevels - 1))
            {
                return false;
            }
        }

        OpenNames = first;
        return true;
    }

    /// <summary>Records the name of a property.</summary>
    /// <param name="first">The index of the first name of its object.</param>
    /// <param name="isPlain">Whether the name must not resemble another one.</param>
    /// <returns>False for a name that may already be in the object.</returns>
    public bool TryName(int first, bool isPlain)
    {
        var name = Reader.ValueSpan;
        if (Reader.ValueIsEscaped || OpenNames == _names.Length || (isPlain && name.ContainsAnyExcept(PlainName)))
        {
            return false;
        }

        var hash = HashOf(name);
        if (_names[first..OpenNames].Contains(hash))
        {
            return false;
        }

        _names[OpenNames++] = hash;
        return true;
    }

    // A collision of hashes only costs the fast path.
    private static ulong HashOf(ReadOnlySpan<byte> name)
    {
        var hash = (ulong)name.Length;
        for (; name.Length >= 8; name = name[8..])
        {
            hash = ulong.RotateLeft(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(name), 29) * 0x9E3779B97F4A7C15;
        }

        var rest = 0UL;
        foreach (var letter in name)
        {
            rest = (rest << 8) | letter;
        }

        return ulong.RotateLeft(hash ^ rest, 29) * 0x9E3779B97F4A7C15;
    }

    /// <summary>The start of an object or a list.</summary>
    public bool TryStart(JsonTokenType start)
    {
        Reader.Read();
        return Reader.TokenType == start;
    }

    /// <summary>Counts the current name or value among the bytes that the model may see.</summary>
    public bool CountText()
    {
        TextBytes += Reader.ValueSpan.Length;
        return true;
    }

    /// <summary>Whether the current text is Unicode.</summary>
    public readonly bool IsText() => !Reader.ValueIsEscaped || EscapedText.IsValid(Reader.ValueSpan);
}
