using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Json;

/// <summary>
/// Finds the first fault of JSON that the serializer rejects. The serializer reports a fault as English text only, so this class walks the same bytes
/// along the metadata of the type, with the serializer's checks.
/// </summary>
/// <remarks>The checks are those of the options for clients' bodies (<see cref="OpenAi.Chat.ChatJson.Strict"/>).</remarks>
internal ref struct JsonFaultFinder
{
    private readonly ReadOnlySpan<byte> _json;
    private readonly JsonSerializerOptions _options;
    private readonly JsonPath _path = new();
    private readonly Dictionary<JsonTypeInfo, JsonObjectShape> _objects = [];
    private Utf8JsonReader _reader;

    private JsonFaultFinder(ReadOnlySpan<byte> json, JsonSerializerOptions options)
    {
        _json = json;
        _options = options;
        // One level more than allowed: so this class sees the bracket that is too deep, and not only a failure of the reader.
        _reader = new(json, new JsonReaderOptions { MaxDepth = options.MaxDepth + 1 });
    }

    /// <summary>The first fault of a body; null if there is none. The body of a request is an object.</summary>
    public static ChatError? Find(ReadOnlySpan<byte> json, JsonTypeInfo type)
    {
        if (json.Trim(" \t\r\n"u8).IsEmpty)
        {
            return JsonFault.Empty;
        }

        try
        {
            return new JsonFaultFinder(json, type.Options).FindInBody(type) ?? (Utf8.IsValid(json) ? null : JsonFault.NotUtf8);
        }
        catch (JsonException exception)
        {
            return JsonFault.NotJson(exception);
        }
    }

    private ChatError? FindInBody(JsonTypeInfo type)
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            return JsonFault.NotAnObject;
        }

        if (FindInValue(type.Type) is { } fault)
        {
            return fault;
        }

        // Anything after the object is a fault of the text.
        _reader.Read();
        return null;
    }

    // The reader is at the first token of the value, and afterwards at its last.
    private ChatError? FindInValue(Type type, JsonConverter? converter = null)
    {
        if (FindTooDeep() is { } fault)
        {
            return fault;
        }

        if (_reader.TokenType == JsonTokenType.Null && (!type.IsValueType || Nullable.GetUnderlyingType(type) is not null))
        {
            return null;
        }

        if (converter is IStringOrList own)
        {
            return FindInStringOrList(own);
        }

        var info = _options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
        return info switch
        {
            { Converter: IStringOrList shape } => FindInStringOrList(shape),
            { Kind: JsonTypeInfoKind.Object } => FindInObject(info),
            { Kind: JsonTypeInfoKind.Dictionary } => FindInDictionary(info.ElementType!),
            { Kind: JsonTypeInfoKind.Enumerable } => FindInList(info.ElementType!),
            _ when info.Type == typeof(JsonElement) => FindInAny(isKept: true),
            _ => FindInScalar(info.Type),
        };
    }

    private ChatError? FindInObject(JsonTypeInfo info)
    {
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            return Wrong("must be an object");
        }

        if (!_objects.TryGetValue(info, out var shape))
        {
            _objects.Add(info, shape = JsonObjectShape.Of(info));
        }

        return FindInProperties(shape);
    }

    private ChatError? FindInDictionary(Type elementType) =>
        _reader.TokenType == JsonTokenType.StartObject ? FindInProperties(new(elementType)) : Wrong("must be an object");

    private ChatError? FindInProperties(JsonObjectShape shape)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!UnicodeText.IsValid(ref _reader))
            {
                return JsonFault.NotUnicode(_path.ToParam());
            }

            var name = _reader.GetString()!;
            _path.Enter(name);
            if (FindInProperty(shape, name, seen.Add(name)) is { } fault)
            {
                return fault;
            }

            _path.Leave();
        }

        return null;
    }

    private ChatError? FindInProperty(JsonObjectShape shape, string name, bool isFirst)
    {
        if (!isFirst)
        {
            return JsonFault.Twice(_path.ToParam()!);
        }

        var property = shape.Find(name);
        if (property is null && shape.ElementType is null)
        {
            return JsonFault.Unknown(_path.ToParam()!);
        }

        _reader.Read();
        return property switch
        {
            null => FindInValue(shape.ElementType!),
            // The property is not part of the JSON, and its value is not read.
            { Set: null, AssociatedParameter: null } => FindTooDeep() ?? FindInAny(isKept: false),
            _ => FindInValue(property.PropertyType, property.CustomConverter),
        };
    }

    private ChatError? FindInList(Type elementType)
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            return Wrong("must be a list");
        }

        for (var index = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; index++)
        {
            if (FindInElement(elementType, index) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private ChatError? FindInElement(Type type, int index)
    {
        _path.Enter(index);
        var fault = FindInValue(type);
        if (fault is null)
        {
            _path.Leave();
        }

        return fault;
    }

    private ChatError? FindInStringOrList(IStringOrList shape)
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            return JsonScalar.FindWrong(ref _reader, typeof(string)) is { } wrong
                ? Wrong(wrong == JsonScalar.NotUnicode ? wrong : shape.Expected)
                : null;
        }

        var first = shape.ElementType == typeof(string) ? JsonTokenType.String : JsonTokenType.StartObject;
        for (var index = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; index++)
        {
            if (_reader.TokenType != first)
            {
                return Wrong(shape.Expected);
            }

            if (FindInElement(shape.ElementType, index) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    /// <param name="isKept">False: the serializer skips the value, and only checks the syntax.</param>
    private ChatError? FindInAny(bool isKept)
    {
        var depth = _reader.CurrentDepth;
        var names = new Stack<HashSet<string>>();
        do
        {
            if ((FindTooDeep() ?? (isKept ? FindInToken(names) : null)) is { } fault)
            {
                return fault;
            }
        }
        while ((_reader.CurrentDepth > depth || _reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) && _reader.Read());
        return null;
    }

    private ChatError? FindInToken(Stack<HashSet<string>> names)
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                names.Push(new(StringComparer.Ordinal));
                return null;
            case JsonTokenType.EndObject:
                names.Pop();
                return null;
            case JsonTokenType.String or JsonTokenType.PropertyName when !UnicodeText.IsValid(ref _reader):
                return JsonFault.NotUnicode(_path.ToParam());
            case JsonTokenType.PropertyName when _reader.GetString() is { } name && !names.Peek().Add(name):
                return JsonFault.TwiceInside(_path.ToParam()!, name);
            default:
                return null;
        }
    }

    private ChatError? FindInScalar(Type type) =>
        JsonScalar.FindWrong(ref _reader, type) is { } wrong ? Wrong(wrong) : FindInAny(isKept: false);

    private readonly ChatError? FindTooDeep()
    {
        if (_reader.CurrentDepth < _options.MaxDepth || _reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return null;
        }

        var before = _json[..(int)_reader.TokenStartIndex];
        var place = (before.Count((byte)'\n'), before.Length - (before.LastIndexOf((byte)'\n') + 1));
        return JsonFault.TooDeep(_options.MaxDepth, place, _path.ToParam());
    }

    private readonly ChatError Wrong(string expected) => JsonFault.Wrong(_path.ToParam()!, expected);
}
