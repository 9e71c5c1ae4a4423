using System.Text.Json;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>The pass of a <see cref="RequestSkim"/>: the fields of a request, each in its type and range.</summary>
internal ref struct RequestScanner(ReadOnlySpan<byte> body, RequestSkim skim, Span<ulong> names)
{
    private const int MaxChoices = 128;
    private const int MaxModelLength = 256;

    private readonly RequestSkim _skim = skim;
    private JsonScan _json = new(body, names);

    public bool TryRead()
    {
        if (!_json.TryStart(JsonTokenType.StartObject))
        {
            return false;
        }

        _skim.Inside = (int)_json.Reader.BytesConsumed;
        while (_json.Reader.Read() && _json.Reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!_json.TryName(first: 0, isPlain: true) || !TryField(_json.Reader.ValueSpan))
            {
                return false;
            }
        }

        (_skim.TextBytes, _skim.IsPlain) = (_json.TextBytes, _json.IsPlain);
        // The canonical form replaces two caps with one.
        return _skim.Messages > 0
            && !_json.Reader.Read()
            && (_skim.MaxTokens is null || _skim.MaxCompletionTokens is null);
    }

    private bool TryField(ReadOnlySpan<byte> name)
    {
        switch (name.Length)
        {
            case 1 when name[0] == (byte)'n':
                return _json.TryInt(1, MaxChoices, out var n) && Set(_skim.N = n);
            case 4 when name.SequenceEqual("stop"u8):
                return TryStop();
            case 4 when name.SequenceEqual("seed"u8):
                return _json.TryInteger();
            case 4 when name.SequenceEqual("user"u8):
                return _json.TryText();
            case 5 when name.SequenceEqual("model"u8):
                return TryModel();
            case 5 when name.SequenceEqual("tools"u8):
                return ToolScanner.TryTools(ref _json, out var tools) && Set(_skim.Tools = tools);
            case 5 when name.SequenceEqual("top_p"u8):
                return _json.TryNumber(0, 1);
            case 6 when name.SequenceEqual("stream"u8):
                return _json.TryBool(out var stream) && Set(_skim.Stream = stream ?? false);
            case 8 when name.SequenceEqual("messages"u8):
                return MessageScanner.TryMessages(ref _json, out var messages) && Set(_skim.Messages = messages);
            case 8 when name.SequenceEqual("template"u8):
            case 9 when name.SequenceEqual("variables"u8) || name.SequenceEqual("fallbacks"u8):
                return false;
            case 10 when name.SequenceEqual("max_tokens"u8):
                return TryCap(out var older) && Set(_skim.MaxTokens = older);
            case 11 when name.SequenceEqual("temperature"u8):
                return _json.TryNumber(0, 2);
            case 11 when name.SequenceEqual("tool_choice"u8):
                return _json.TryShown(plainLevels: 2, out _);
            case 12 when name.SequenceEqual("service_tier"u8):
                return TryServiceTier();
            case 14 when name.SequenceEqual("stream_options"u8):
                return TryStreamOptions();
            case 15 when name.SequenceEqual("response_format"u8):
                return _json.TryShown(plainLevels: 2, out var format) && Set(_skim.HasResponseFormat = format != JsonTokenType.Null);
            case 16 when name.SequenceEqual("presence_penalty"u8):
                return _json.TryNumber(-2, 2);
            case 16 when name.SequenceEqual("reasoning_effort"u8):
                return _json.TryText();
            case 17 when name.SequenceEqual("frequency_penalty"u8):
                return _json.TryNumber(-2, 2);
            case 19 when name.SequenceEqual("parallel_tool_calls"u8):
                return _json.TryBool(out _);
            case 21 when name.SequenceEqual("max_completion_tokens"u8):
                return TryCap(out var newer) && Set(_skim.MaxCompletionTokens = newer);
            default:
                return TryUnknown(name);
        }
    }

    private bool TryUnknown(ReadOnlySpan<byte> name)
    {
        var wasPlain = _json.IsPlain;
        if (!_json.TryUnknown(plainLevels: 1, out var type))
        {
            return false;
        }

        if (IsOpaque(name) || (IsCostless(name) && type is not (JsonTokenType.StartObject or JsonTokenType.StartArray)))
        {
            _json.IsPlain = wasPlain;
        }

        return true;
    }

    // Parameters of OpenAI's API that take no more tokens than their bytes, and cost nothing else. No server looks for other parameters in these.
    private static bool IsOpaque(ReadOnlySpan<byte> name) => name.SequenceEqual("metadata"u8) || name.SequenceEqual("logit_bias"u8);

    // The same, unless there is an object in them: that may have a cap of some server.
    private static bool IsCostless(ReadOnlySpan<byte> name) => name.Length switch
    {
        5 => name.SequenceEqual("store"u8) || name.SequenceEqual("top_k"u8),
        8 => name.SequenceEqual("logprobs"u8),
        9 => name.SequenceEqual("verbosity"u8),
        12 => name.SequenceEqual("top_logprobs"u8),
        16 => name.SequenceEqual("prompt_cache_key"u8),
        17 => name.SequenceEqual("safety_identifier"u8),
        22 => name.SequenceEqual("prompt_cache_retention"u8),
        _ => false,
    };

    private bool TryModel()
    {
        _json.Reader.Read();
        if (_json.Reader.TokenType == JsonTokenType.Null)
        {
            // The chosen model replaces it.
            _skim.ModelValue = ((int)_json.Reader.TokenStartIndex, 4);
            return true;
        }

        if (_json.Reader.TokenType != JsonTokenType.String || _json.Reader.ValueIsEscaped || _json.Reader.ValueSpan.Length > MaxModelLength)
        {
            return false;
        }

        _skim.Model = _json.Reader.GetString();
        _skim.ModelValue = ((int)_json.Reader.TokenStartIndex, _json.Reader.ValueSpan.Length + 2);
        return true;
    }

    private bool TryServiceTier()
    {
        _json.Reader.Read();
        _json.IsPlain = false;
        _skim.ServiceTier = _json.Reader.TokenType == JsonTokenType.String && _json.IsText() ? _json.Reader.GetString() : null;
        return _skim.ServiceTier is not null || _json.Reader.TokenType == JsonTokenType.Null;
    }

    private bool TryStreamOptions()
    {
        _json.Reader.Read();
        if (_json.Reader.TokenType == JsonTokenType.Null)
        {
            _skim.NullStreamOptions = ((int)_json.Reader.TokenStartIndex, 4);
            return true;
        }

        if (_json.Reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        var first = _json.OpenNames;
        (_skim.HasStreamOptions, _skim.InsideStreamOptions) = (true, (int)_json.Reader.BytesConsumed);
        while (_json.Reader.Read() && _json.Reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!_json.TryName(first, isPlain: true))
            {
                return false;
            }

            if (!_json.Reader.ValueTextEquals("include_usage"u8))
            {
                if (!_json.TryUnknown(plainLevels: 0))
                {
                    return false;
                }

                continue;
            }

            if (!_json.TryBool(out var included))
            {
                return false;
            }

            _skim.IncludeUsage = included ?? false;
            var start = (int)_json.Reader.TokenStartIndex;
            _skim.IncludeUsageValue = (start, (int)_json.Reader.BytesConsumed - start);
        }

        _skim.IsStreamOptionsEmpty = _json.OpenNames == first;
        _json.OpenNames = first;
        return true;
    }

    private bool TryStop()
    {
        _json.Reader.Read();
        if (_json.Reader.TokenType != JsonTokenType.StartArray)
        {
            return _json.Reader.TokenType == JsonTokenType.Null || (_json.Reader.TokenType == JsonTokenType.String && _json.IsText() && _json.CountText());
        }

        while (_json.Reader.Read() && _json.Reader.TokenType != JsonTokenType.EndArray)
        {
            if (_json.Reader.TokenType != JsonTokenType.String || !_json.IsText() || !_json.CountText())
            {
                return false;
            }
        }

        return true;
    }

    // The canonical form omits a null cap: a server may let it override the other one.
    private bool TryCap(out int? cap) => _json.TryInt(1, int.MaxValue, out cap) && cap is not null;

    private static bool Set<T>(T _) => true;
}
