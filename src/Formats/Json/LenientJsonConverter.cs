using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prism.Formats.Json;

/// <summary>Reads what an answer can do without: where it is not what it has to be, it counts as left out.</summary>
/// <typeparam name="T">What it has to be; the reading context has to know it.</typeparam>
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
