using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>
/// The pass of a <see cref="RequestSkim"/>. Each method reads one value and returns false if the value may be invalid: a known field of another type
/// or out of range, a duplicate property, a name that a lenient server may mistake for a known one, text that is not Unicode.
/// </summary>
internal ref struct RequestScanner(ReadOnlySpan<byte> body, RequestSkim skim, Span<ulong> names)
{
    // The depth limit of the canonical form.
    private const int MaxDepth = 32;
    private const int MaxChoices = 128;
    private const int MaxModelLength = 256;

    // A name with other characters may be an upper case or look-alike form of a known one.
    private static readonly SearchValues<byte> PlainName = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_"u8);

    private readonly Span<ulong> _names = names;
    private readonly RequestSkim _skim = skim;
    private Utf8JsonReader _reader = new(body, new JsonReaderOptions { MaxDepth = MaxDepth });
    private int _open;

    public bool TryRead()
    {
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        _skim.Inside = (int)_reader.BytesConsumed;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryName(first: 0, isPlain: true) || !TryField(_reader.ValueSpan))
            {
                return false;
            }
        }

        // The canonical form replaces two caps with one.
        return _skim.Messages > 0
            && !_reader.Read()
            && (_skim.MaxTokens is null || _skim.MaxCompletionTokens is null);
    }

    private bool TryField(ReadOnlySpan<byte> name)
    {
        switch (name.Length)
        {
            case 1 when name[0] == (byte)'n':
                return TryInt(1, MaxChoices, out var n) && Set(_skim.N = n);
            case 4 when name.SequenceEqual("stop"u8):
                return TryStop();
            case 4 when name.SequenceEqual("seed"u8):
                return TryInteger();
            case 4 when name.SequenceEqual("user"u8):
                return TryText();
            case 5 when name.SequenceEqual("model"u8):
                return TryModel();
            case 5 when name.SequenceEqual("tools"u8):
                return TryTools();
            case 5 when name.SequenceEqual("top_p"u8):
                return TryNumber(0, 1);
            case 6 when name.SequenceEqual("stream"u8):
                return TryBool(out var stream) && Set(_skim.Stream = stream ?? false);
            case 8 when name.SequenceEqual("messages"u8):
                return TryMessages();
            case 8 when name.SequenceEqual("template"u8):
            case 9 when name.SequenceEqual("variables"u8) || name.SequenceEqual("fallbacks"u8):
                return false;
            case 10 when name.SequenceEqual("max_tokens"u8):
                return TryCap(out var older) && Set(_skim.MaxTokens = older);
            case 11 when name.SequenceEqual("temperature"u8):
                return TryNumber(0, 2);
            case 11 when name.SequenceEqual("tool_choice"u8):
                return TryShown(plainLevels: 2, out _);
            case 12 when name.SequenceEqual("service_tier"u8):
                return TryServiceTier();
            case 14 when name.SequenceEqual("stream_options"u8):
                return TryStreamOptions();
            case 15 when name.SequenceEqual("response_format"u8):
                return TryShown(plainLevels: 2, out var format) && Set(_skim.HasResponseFormat = format != JsonTokenType.Null);
            case 16 when name.SequenceEqual("presence_penalty"u8):
                return TryNumber(-2, 2);
            case 16 when name.SequenceEqual("reasoning_effort"u8):
                return TryText();
            case 17 when name.SequenceEqual("frequency_penalty"u8):
                return TryNumber(-2, 2);
            case 19 when name.SequenceEqual("parallel_tool_calls"u8):
                return TryBool(out _);
            case 21 when name.SequenceEqual("max_completion_tokens"u8):
                return TryCap(out var newer) && Set(_skim.MaxCompletionTokens = newer);
            default:
                return TryUnknown(plainLevels: 1);
        }
    }

    private bool TryModel()
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.Null)
        {
            // The chosen model replaces it.
            _skim.ModelValue = ((int)_reader.TokenStartIndex, 4);
            return true;
        }

        if (_reader.TokenType != JsonTokenType.String || _reader.ValueIsEscaped || _reader.ValueSpan.Length > MaxModelLength)
        {
            return false;
        }

        _skim.Model = _reader.GetString();
        _skim.ModelValue = ((int)_reader.TokenStartIndex, _reader.ValueSpan.Length + 2);
        return true;
    }

    private bool TryServiceTier()
    {
        _reader.Read();
        _skim.IsPlain = false;
        _skim.ServiceTier = _reader.TokenType == JsonTokenType.String && IsText() ? _reader.GetString() : null;
        return _skim.ServiceTier is not null || _reader.TokenType == JsonTokenType.Null;
    }

    private bool TryStreamOptions()
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.Null)
        {
            _skim.NullStreamOptions = ((int)_reader.TokenStartIndex, 4);
            return true;
        }

        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        var first = _open;
        (_skim.HasStreamOptions, _skim.InsideStreamOptions) = (true, (int)_reader.BytesConsumed);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryName(first, isPlain: true))
            {
                return false;
            }

            if (!_reader.ValueTextEquals("include_usage"u8))
            {
                if (!TryUnknown(plainLevels: 0))
                {
                    return false;
                }

                continue;
            }

            if (!TryBool(out var included))
            {
                return false;
            }

            _skim.IncludeUsage = included ?? false;
            var start = (int)_reader.TokenStartIndex;
            _skim.IncludeUsageValue = (start, (int)_reader.BytesConsumed - start);
        }

        _skim.IsStreamOptionsEmpty = _open == first;
        _open = first;
        return true;
    }

    private bool TryMessages()
    {
        if (!TryStart(JsonTokenType.StartArray))
        {
            return false;
        }

        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_reader.TokenType != JsonTokenType.StartObject || !TryMessage())
            {
                return false;
            }

            _skim.Messages++;
        }

        return true;
    }

    private bool TryMessage()
    {
        var first = _open;
        var (role, hasContent, hasCalls, hasCallId, hasMore) = (Role.None, false, false, false, false);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryName(first, isPlain: true))
            {
                return false;
            }

            var name = _reader.ValueSpan;
            var isRead = name.Length switch
            {
                4 when name.SequenceEqual("role"u8) => TryRole(out role),
                4 when name.SequenceEqual("name"u8) => TryText(),
                7 when name.SequenceEqual("content"u8) => TryContent(out hasContent),
                10 when name.SequenceEqual("tool_calls"u8) => TryCalls(out hasCalls),
                12 when name.SequenceEqual("tool_call_id"u8) => TryText(out hasCallId),
                17 when name.SequenceEqual("reasoning_content"u8) => TryText(),
                _ => (hasMore = true) && TryUnknown(plainLevels: 1),
            };
            if (!isRead)
            {
                return false;
            }
        }

        _open = first;
        return role switch
        {
            Role.None => false,
            Role.Assistant => hasContent || hasCalls || hasMore,
            Role.Tool => hasContent && hasCallId,
            _ => hasContent,
        };
    }

    private bool TryRole(out Role role)
    {
        _reader.Read();
        role = _reader.TokenType != JsonTokenType.String ? Role.None
            : _reader.ValueTextEquals("user"u8) ? Role.Other
            : _reader.ValueTextEquals("assistant"u8) ? Role.Assistant
            : _reader.ValueTextEquals("system"u8) ? Role.Other
            : _reader.ValueTextEquals("tool"u8) ? Role.Tool
            : _reader.ValueTextEquals("developer"u8) ? Role.Other
            : Role.None;
        return role != Role.None;
    }

    private bool TryContent(out bool hasContent)
    {
        hasContent = true;
        _reader.Read();
        switch (_reader.TokenType)
        {
            case JsonTokenType.Null:
                hasContent = false;
                return true;
            case JsonTokenType.String:
                return IsText() && CountText();
            case JsonTokenType.StartArray:
                return TryParts();
            default:
                return false;
        }
    }

    private bool TryParts()
    {
        var parts = 0;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_reader.TokenType != JsonTokenType.StartObject || !TryPart())
            {
                return false;
            }

            // A line break separates two parts.
            _skim.TextBytes += parts++ == 0 ? 0 : 1;
        }

        return parts > 0;
    }

    private bool TryPart()
    {
        var first = _open;
        var (hasType, isText, isImage, hasText, hasUrl) = (false, false, false, false, false);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryName(first, isPlain: true))
            {
                return false;
            }

            var isRead = true;
            if (_reader.ValueTextEquals("type"u8))
            {
                _reader.Read();
                hasType = _reader.TokenType == JsonTokenType.String && IsText();
                (isText, isImage) = (hasType && _reader.ValueTextEquals("text"u8), hasType && _reader.ValueTextEquals("image_url"u8));
            }
            else if (_reader.ValueTextEquals("text"u8))
            {
                isRead = TryText(out hasText);
            }
            else if (_reader.ValueTextEquals("image_url"u8))
            {
                isRead = TryImage(out hasUrl);
            }
            else if (_reader.ValueTextEquals("cache_control"u8))
            {
                isRead = TryShown(plainLevels: 0, out _);
            }
            else
            {
                _reader.Read();
                _skim.IsPlain = false;
                isRead = TrySkip(plainLevels: 1);
            }

            if (!isRead)
            {
                return false;
            }
        }

        _open = first;
        _skim.IsPlain &= isText && !hasUrl;
        return hasType && (!isText || hasText) && (!isImage || hasUrl);
    }

    private bool TryImage(out bool hasUrl)
    {
        hasUrl = false;
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        var first = _open;
        _skim.IsPlain = false;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryName(first, isPlain: true))
            {
                return false;
            }

            var isRead = _reader.ValueTextEquals("url"u8) ? TryText(out hasUrl)
                : _reader.ValueTextEquals("detail"u8) ? TryText()
                : _reader.Read() && TrySkip(plainLevels: 0);
            if (!isRead)
            {
                return false;
            }
        }

        _open = first;
        return true;
    }

    private bool TryCalls(out bool hasCalls)
    {
        hasCalls = TryStart(JsonTokenType.StartArray);
        if (!hasCalls)
        {
            return _reader.TokenType == JsonTokenType.Null;
        }

        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_reader.TokenType != JsonTokenType.StartObject || !TryCall())
            {
                return false;
            }
        }

        return true;
    }

    private bool TryCall()
    {
        var first = _open;
        var (hasId, hasFunction) = (false, false);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryName(first, isPlain: true))
            {
                return false;
            }

            var isRead = _reader.ValueTextEquals("id"u8) ? TryText(out hasId)
                : _reader.ValueTextEquals("type"u8) ? TryFunctionType()
                : _reader.ValueTextEquals("function"u8) ? TryFunction(isDefinition: false, out hasFunction)
                // A client that returns streamed calls sends the index too.
                : _reader.ValueTextEquals("index"u8) ? TryInt(0, int.MaxValue, out _)
                : TryUnknown(plainLevels: 0);
            if (!isRead)
            {
                return false;
            }
        }

        _open = first;
        return hasId && hasFunction;
    }

    private bool TryTools()
    {
        if (!TryStart(JsonTokenType.StartArray))
        {
            return _reader.TokenType == JsonTokenType.Null;
        }

        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_reader.TokenType != JsonTokenType.StartObject || !TryTool())
            {
                return false;
            }

            _skim.Tools++;
        }

        return true;
    }

    private bool TryTool()
    {
        var first = _open;
        var (hasType, hasFunction) = (false, false);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryName(first, isPlain: true))
            {
                return false;
            }

            var isRead = _reader.ValueTextEquals("type"u8) ? (hasType = true) && TryFunctionType()
                : _reader.ValueTextEquals("function"u8) ? TryFunction(isDefinition: true, out hasFunction)
                : TryUnknown(plainLevels: 0);
            if (!isRead)
            {
                return false;
            }
        }

        _open = first;
        return hasType && hasFunction;
    }

    // The canonical form handles tools and calls of other types.
    private bool TryFunctionType()
    {
        _reader.Read();
        return _reader.TokenType == JsonTokenType.String && _reader.ValueTextEquals("function"u8) && CountText();
    }

    private bool TryFunction(bool isDefinition, out bool hasName)
    {
        hasName = false;
        if (!TryStart(JsonTokenType.StartObject))
        {
            return false;
        }

        var first = _open;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryName(first, isPlain: true))
            {
                return false;
            }

            var isRead = _reader.ValueTextEquals("name"u8) ? TryText(out hasName)
                : !isDefinition ? (_reader.ValueTextEquals("arguments"u8) ? TryText() : TryUnknown(plainLevels: 0))
                : _reader.ValueTextEquals("description"u8) ? TryText()
                : _reader.ValueTextEquals("parameters"u8) ? TryShown(plainLevels: 0, out _)
                : _reader.ValueTextEquals("strict"u8) ? TryBool(out _)
                : TryUnknown(plainLevels: 0);
            if (!isRead)
            {
                return false;
            }
        }

        _open = first;
        return true;
    }

    private bool TryStop()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            return _reader.TokenType == JsonTokenType.Null || (_reader.TokenType == JsonTokenType.String && IsText() && CountText());
        }

        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_reader.TokenType != JsonTokenType.String || !IsText() || !CountText())
            {
                return false;
            }
        }

        return true;
    }

    // The canonical form omits a null cap: a server may let it override the other one.
    private bool TryCap(out int? cap) => TryInt(1, int.MaxValue, out cap) && cap is not null;

    private bool TryInt(int least, int most, out int? value)
    {
        value = null;
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.Number && _reader.TryGetInt32(out var number) && number >= least && number <= most)
        {
            value = number;
            return true;
        }

        return _reader.TokenType == JsonTokenType.Null;
    }

    private bool TryInteger()
    {
        _reader.Read();
        return _reader.TokenType == JsonTokenType.Null || (_reader.TokenType == JsonTokenType.Number && _reader.TryGetInt64(out _));
    }

    private bool TryNumber(double least, double most)
    {
        _reader.Read();
        return _reader.TokenType == JsonTokenType.Null
            || (_reader.TokenType == JsonTokenType.Number && _reader.TryGetDouble(out var number) && number >= least && number <= most);
    }

    private bool TryBool(out bool? value)
    {
        _reader.Read();
        value = _reader.TokenType is JsonTokenType.True or JsonTokenType.False ? _reader.GetBoolean() : null;
        return value is not null || _reader.TokenType == JsonTokenType.Null;
    }

    private bool TryText() => TryText(out _);

    private bool TryText(out bool hasText)
    {
        _reader.Read();
        hasText = _reader.TokenType == JsonTokenType.String;
        return hasText ? IsText() && CountText() : _reader.TokenType == JsonTokenType.Null;
    }

    // A value of any type that the model may see.
    private bool TryShown(int plainLevels, out JsonTokenType type)
    {
        _reader.Read();
        type = _reader.TokenType;
        var start = _reader.TokenStartIndex;
        if (!TrySkip(plainLevels))
        {
            return false;
        }

        _skim.TextBytes += _reader.BytesConsumed - start;
        return true;
    }

    // An unknown property: it goes upstream, and the canonical form decides its effect on tokens and price.
    private bool TryUnknown(int plainLevels)
    {
        _skim.TextBytes += _reader.ValueSpan.Length;
        if (!TryShown(plainLevels, out var type))
        {
            return false;
        }

        _skim.IsPlain &= type == JsonTokenType.Null;
        return true;
    }

    /// <summary>Reads the rest of the current value.</summary>
    /// <param name="plainLevels">The levels of objects in which names must not resemble known ones.</param>
    private bool TrySkip(int plainLevels)
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.String:
                return IsText();
            case JsonTokenType.StartArray:
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
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
        var first = _open;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!TryName(first, plainLevels > 0) || !_reader.Read() || !TrySkip(plainLevels - 1))
            {
                return false;
            }
        }

        _open = first;
        return true;
    }

    /// <summary>Records the name of a property.</summary>
    /// <param name="first">The index of the first name of its object.</param>
    /// <param name="isPlain">Whether the name must not resemble another one.</param>
    /// <returns>False for a name that may already be in the object.</returns>
    private bool TryName(int first, bool isPlain)
    {
        var name = _reader.ValueSpan;
        if (_reader.ValueIsEscaped || _open == _names.Length || (isPlain && name.ContainsAnyExcept(PlainName)))
        {
            return false;
        }

        var hash = HashOf(name);
        if (_names[first.._open].Contains(hash))
        {
            return false;
        }

        _names[_open++] = hash;
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

    private bool TryStart(JsonTokenType start)
    {
        _reader.Read();
        return _reader.TokenType == start;
    }

    private readonly bool CountText()
    {
        _skim.TextBytes += _reader.ValueSpan.Length;
        return true;
    }

    private readonly bool IsText() => !_reader.ValueIsEscaped || EscapedText.IsValid(_reader.ValueSpan);

    private static bool Set<T>(T _) => true;

    private enum Role
    {
        None,
        Other,
        Assistant,
        Tool,
    }
}
