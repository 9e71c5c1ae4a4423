using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Prism.Pipeline.Sharing;

/// <summary>
/// Joins the unknown properties that vendors add to the chunks of a stream, as OpenAI's own SDKs do: texts and lists are concatenated, list items
/// with an <c>index</c> are joined with those of the same index, objects property by property; otherwise the last piece counts.
/// </summary>
internal sealed class JsonPieces
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256 };
    private static readonly JsonDocumentOptions ReaderOptions = new() { MaxDepth = 256 };

    private readonly List<JsonElement> _pieces = [];

    /// <summary>Adds a piece, unless it is null.</summary>
    public void Add(JsonElement? piece)
    {
        if (piece is { ValueKind: not JsonValueKind.Undefined } value)
        {
            _pieces.Add(value);
        }
    }

    /// <summary>All pieces joined; null if there were none.</summary>
    public JsonElement? Join()
    {
        if (_pieces.Count < 2)
        {
            return _pieces.Count == 0 ? null : _pieces[0];
        }

        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json, WriterOptions))
        {
            Join(writer, _pieces, isText: true);
        }

        return JsonElement.Parse(json.WrittenSpan, ReaderOptions);
    }

    private static void Join(Utf8JsonWriter writer, IReadOnlyCollection<JsonElement> pieces, bool isText)
    {
        var last = pieces.Last(piece => piece.ValueKind != JsonValueKind.Null || pieces.All(one => one.ValueKind == JsonValueKind.Null));
        var alike = pieces.Where(piece => piece.ValueKind == last.ValueKind);
        switch (last.ValueKind)
        {
            case JsonValueKind.String when isText:
                writer.WriteStringValue(string.Concat(alike.Select(piece => piece.GetString())));
                break;
            case JsonValueKind.Array:
                JoinLists(writer, alike);
                break;
            case JsonValueKind.Object:
                JoinObjects(writer, alike);
                break;
            default:
                last.WriteTo(writer);
                break;
        }
    }

    private static void JoinLists(Utf8JsonWriter writer, IEnumerable<JsonElement> lists)
    {
        writer.WriteStartArray();
        // Each item without an index is separate.
        foreach (var item in lists.SelectMany(list => list.EnumerateArray()).GroupBy(item => (object?)IndexOf(item) ?? new object()))
        {
            Join(writer, [.. item], isText: true);
        }

        writer.WriteEndArray();
    }

    private static void JoinObjects(Utf8JsonWriter writer, IEnumerable<JsonElement> objects)
    {
        writer.WriteStartObject();
        foreach (var property in objects.SelectMany(one => one.EnumerateObject()).GroupBy(property => property.Name, StringComparer.Ordinal))
        {
            writer.WritePropertyName(property.Key);
            Join(writer, [.. property.Select(one => one.Value)], isText: property.Key is not ("type" or "id" or "format"));
        }

        writer.WriteEndObject();
    }

    private static int? IndexOf(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty("index", out var index) && index.TryGetInt32(out var number) ? number : null;
}

/// <summary>The same for a set of properties.</summary>
internal sealed class JsonPropertyPieces
{
    private Dictionary<string, JsonPieces>? _properties;

    /// <summary>Adds a piece of each property.</summary>
    public void Add(Dictionary<string, JsonElement>? properties)
    {
        foreach (var (name, value) in properties ?? [])
        {
            _properties ??= new(StringComparer.Ordinal);
            if (!_properties.TryGetValue(name, out var pieces))
            {
                _properties[name] = pieces = new();
            }

            pieces.Add(value);
        }
    }

    /// <summary>Every property, joined; null if there were none.</summary>
    public Dictionary<string, JsonElement>? Join() =>
        _properties?.ToDictionary(property => property.Key, property => property.Value.Join()!.Value, StringComparer.Ordinal);
}
