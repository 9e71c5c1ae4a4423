using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Prism.Formats.Json;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>Reads a list of choices. Some servers send null instead of an empty list: with an error, or with the usage.</summary>
internal sealed class ChoicesJsonConverter<T> : JsonConverter<ImmutableArray<T>>
{
    public override bool HandleNull => true;

    public override ImmutableArray<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? [] : JsonSerializer.Deserialize(ref reader, options.GetTypeInfo<ImmutableArray<T>>());

    public override void Write(Utf8JsonWriter writer, ImmutableArray<T> value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, options.GetTypeInfo<ImmutableArray<T>>());
}
