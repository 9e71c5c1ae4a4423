using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prism.Formats.Json;

/// <summary>Rejects numbers that are too large for a double. By default the serializer reads them as infinity, which it cannot write.</summary>
internal sealed class FiniteNumberJsonConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var value) && double.IsFinite(value) ? value : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
