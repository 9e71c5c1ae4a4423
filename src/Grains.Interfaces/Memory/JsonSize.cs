using System.Text.Json;

namespace Prism.Grains.Interfaces.Memory;

/// <summary>The size of JSON in memory once it is parsed to objects: far more than its bytes if it has many small values.</summary>
public static class JsonSize
{
    // A text takes two bytes a character, and is written once more for its receiver.
    private const int BytesPerByte = 4;

    // An object or an entry of a dictionary with all that belongs to it; `{},` is three bytes of text.
    private const int BytesPerValue = 256;

    /// <summary>An upper bound of the bytes it takes.</summary>
    public static long Of(ReadOnlySpan<byte> json)
    {
        var text = (long)json.Length * BytesPerByte;
        // Each value but the first of its list or object follows one of these. In texts they count too, so it is only a quick bound.
        var most = (long)(json.Count((byte)',') + json.Count((byte)'{') + json.Count((byte)'[')) * BytesPerValue;
        return text + (most <= text ? most : CountValues(json) * BytesPerValue);
    }

    // Where the text is broken, nothing after the break will be read either.
    private static long CountValues(ReadOnlySpan<byte> json)
    {
        var values = 0L;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512, CommentHandling = JsonCommentHandling.Skip });
        try
        {
            while (reader.Read())
            {
                values += reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject or JsonTokenType.PropertyName ? 0 : 1;
            }
        }
        catch (JsonException)
        {
            // The actual parser reports the error.
        }

        return values;
    }
}
