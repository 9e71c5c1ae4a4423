using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Prism.Formats.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>Reads and writes <see cref="MessageContent"/> as a string or as a list of parts.</summary>
internal sealed class MessageContentJsonConverter : JsonConverter<MessageContent>, IStringOrList
{
    public Type ElementType => typeof(ContentPart);

    public string Expected => "must be a string or a list of parts";

    public override MessageContent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => new MessageContent(reader.GetString()!),
        JsonTokenType.StartArray => new MessageContent(ReadParts(ref reader, options)),
        _ => throw new JsonException(),
    };

    public override void Write(Utf8JsonWriter writer, MessageContent value, JsonSerializerOptions options)
    {
        if (value.Text is { } text)
        {
            writer.WriteStringValue(text);
            return;
        }

        writer.WriteStartArray();
        foreach (var part in value.Parts)
        {
            JsonSerializer.Serialize(writer, part, options.GetTypeInfo<ContentPart>());
        }

        writer.WriteEndArray();
    }

    private static ImmutableArray<ContentPart> ReadParts(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        var parts = ImmutableArray.CreateBuilder<ContentPart>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException();
            }

            parts.Add(ReadPart(ref reader, options));
        }

        return parts.ToImmutable();
    }

    private static ContentPart ReadPart(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.Deserialize(ref reader, options.GetTypeInfo<ContentPart>())!;
        }
        catch (JsonException exception)
        {
            // The path of this exception begins at the part. The serializer sets the path of the content on an exception without one.
            throw new JsonException(null, exception);
        }
    }
}
