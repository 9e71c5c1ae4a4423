using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Prism.Formats.Json;

/// <summary>
/// Reads a <see cref="JsonElement"/> and checks its text. By default the text is only checked when it is used: half a surrogate pair would pass here
/// and throw when the element is written, as an internal error instead of a client error.
/// </summary>
internal sealed class JsonElementJsonConverter : JsonConverter<JsonElement>
{
    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        CheckText(reader);
        return JsonMetadataServices.JsonElementConverter.Read(ref reader, typeToConvert, options);
    }

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);

    // The reader is a copy: the original still has to read the element.
    private static void CheckText(Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        do
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && !UnicodeText.IsValid(ref reader))
            {
                throw new JsonException();
            }
        }
        while ((reader.CurrentDepth > depth || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) && reader.Read());
    }
}
