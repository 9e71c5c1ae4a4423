using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Prism.Pipeline.Sharing;

/// <summary>
/// Joins what vendors add to the pieces of a stream beyond what Prism knows, as OpenAI's own SDKs join it: texts and lists are put together, items of
/// a list that have an <c>index</c> are joined with those of the same one, objects property by property; else the last piece counts.
/// </summary>
internal sealed class JsonPieces
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256 };
    private static readonly JsonDocumentOptions ReaderOptions = new() { MaxDepth = 256 };

    private readonly List<JsonElement> _pieces = [];

    /// <summary>Takes a piece, if it is one.</summary>
    public void Add(JsonElement? piece)
    {
        if (piece is { ValueKind: not JsonValueKind.Undefined } value)
        {
            _pieces.Add(value);
        }
    }

    /// <summary>All pieces in one; null where there were none.</summary>
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
        // Those without an index are each their own.
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

    /// <summary>Takes a piece of each property that is there.</summary>
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

    /// <summary>Every property, joined; null where there were none.</summary>
    public Dictionary<string, JsonElement>? Join() =>
        _properties?.ToDictionary(property => property.Key, property => property.Value.Join()!.Value, StringComparer.Ordinal);
}
