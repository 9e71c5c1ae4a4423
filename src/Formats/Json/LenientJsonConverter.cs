using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prism.Formats.Json;

/// <summary>Reads an optional value of an answer: a value of another type counts as absent.</summary>
/// <typeparam name="T">The type of the value; the reading context must have it.</typeparam>
internal sealed class LenientJsonConverter<T> : JsonConverter<T>
{
    public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var attempt = reader;
        try
        {
            var value = JsonSerializer.Deserialize(ref attempt, options.GetTypeInfo<T>());
            reader = attempt;
            return value;
        }
        catch (JsonException)
        {
            reader.Skip();
            return default;
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, options.GetTypeInfo<T>());
}
