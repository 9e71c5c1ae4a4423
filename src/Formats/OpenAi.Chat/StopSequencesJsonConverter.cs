using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Prism.Formats.Json;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>Reads <c>stop</c> as a string or a list of strings, and writes it as a list.</summary>
internal sealed class StopSequencesJsonConverter : JsonConverter<ImmutableArray<string>?>, IStringOrList
{
    public Type ElementType => typeof(string);

    public string Expected => "must be a string or a list of strings";

    public override ImmutableArray<string>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String:
                return [reader.GetString()!];
            case JsonTokenType.StartArray:
                break;
            default:
                throw new JsonException();
        }

        var sequences = ImmutableArray.CreateBuilder<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            sequences.Add(reader.TokenType == JsonTokenType.String
                ? reader.GetString()!
                : throw new JsonException());
        }

        return sequences.ToImmutable();
    }

    public override void Write(Utf8JsonWriter writer, ImmutableArray<string>? value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var sequence in value ?? [])
        {
            writer.WriteStringValue(sequence);
        }

        writer.WriteEndArray();
    }
}
