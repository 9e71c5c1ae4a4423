using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Prism.Formats.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>
/// Reads and writes <see cref="ChatChunk"/> by hand: there is one chunk a token, and the serializer's support for init-only properties costs several
/// times as much.
/// </summary>
internal sealed class ChatChunkJsonConverter : JsonConverter<ChatChunk>
{
    private static readonly LenientJsonConverter<ChatUsage> Usage = new();
    private static readonly Dictionary<string, JsonElement> None = [];

    public override ChatChunk Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var (id, created, model, usage) = (default(string), 0L, default(string), default(ChatUsage));
        var choices = ImmutableArray<ChatChunkChoice>.Empty;
        var extra = default(Dictionary<string, JsonElement>);
        Expect(reader, JsonTokenType.StartObject);
        while (ReadProperty(ref reader))
        {
            if (reader.ValueTextEquals("id"u8))
            {
                id = ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("object"u8))
            {
                reader.Skip();
            }
            else if (reader.ValueTextEquals("created"u8))
            {
                reader.Read();
                created = reader.GetInt64();
            }
            else if (reader.ValueTextEquals("model"u8))
            {
                model = ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("choices"u8))
            {
                choices = ReadChoices(ref reader, options);
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                reader.Read();
                usage = reader.TokenType == JsonTokenType.Null ? null : Usage.Read(ref reader, typeof(ChatUsage), options);
            }
            else
            {
                AddTo(ref extra, ref reader, options);
            }
        }

        return new() { Id = id, Created = created, Model = model, Choices = choices, Usage = usage, Extra = extra };
    }

    public override void Write(Utf8JsonWriter writer, ChatChunk value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        WriteUnlessNull(writer, Names.Id, value.Id);
        writer.WriteString(Names.Object, value.ObjectType);
        writer.WriteNumber(Names.Created, value.Created);
        WriteUnlessNull(writer, Names.Model, value.Model);
        writer.WriteStartArray(Names.Choices);
        foreach (var choice in value.Choices)
        {
            Write(writer, choice, options);
        }

        writer.WriteEndArray();
        writer.WritePropertyName(Names.Usage);
        if (value.Usage is { } usage)
        {
            Usage.Write(writer, usage, options);
        }
        else
        {
            writer.WriteNullValue();
        }

        Write(writer, value.Extra);
        writer.WriteEndObject();
    }

    private static ImmutableArray<ChatChunkChoice> ReadChoices(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        // Some servers send null instead of an empty list: with an error, or with the usage.
        if (!ReadStart(ref reader, JsonTokenType.StartArray))
        {
            return [];
        }

        var first = default(ChatChunkChoice);
        var more = default(ImmutableArray<ChatChunkChoice>.Builder);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var choice = ReadChoice(ref reader, options);
            if (first is null)
            {
                first = choice;
                continue;
            }

            more ??= ImmutableArray.CreateBuilder<ChatChunkChoice>();
            more.Add(choice);
        }

        return first is null ? [] : more is null ? [first] : [first, .. more];
    }

    private static ChatChunkChoice ReadChoice(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        var (index, delta, logprobs, finishReason) = (0, ChatDelta.Empty, default(JsonElement?), default(string));
        var extra = default(Dictionary<string, JsonElement>);
        Expect(reader, JsonTokenType.StartObject);
        while (ReadProperty(ref reader))
        {
            if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                index = reader.GetInt32();
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                delta = ReadStart(ref reader, JsonTokenType.StartObject) ? ReadDelta(ref reader, options) : ChatDelta.Empty;
            }
            else if (reader.ValueTextEquals("logprobs"u8))
            {
                reader.Read();
                logprobs = reader.TokenType == JsonTokenType.Null ? null : ReadElement(ref reader, options);
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                finishReason = ReadString(ref reader);
            }
            else
            {
                AddTo(ref extra, ref reader, options);
            }
        }

        return new() { Index = index, Delta = delta, Logprobs = logprobs, FinishReason = finishReason, Extra = extra };
    }

    private static ChatDelta ReadDelta(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        var (role, content, refusal, reasoning) = (default(string), default(string), default(string), default(string));
        var toolCalls = default(ImmutableArray<ToolCall>?);
        var extra = default(Dictionary<string, JsonElement>);
        while (ReadProperty(ref reader))
        {
            if (reader.ValueTextEquals("content"u8))
            {
                content = ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("role"u8))
            {
                role = ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("refusal"u8))
            {
                refusal = ReadString(ref reader);
            }
            else if (reader.ValueTextEquals("tool_calls"u8))
            {
                toolCalls = ReadStart(ref reader, JsonTokenType.StartArray)
                    ? JsonSerializer.Deserialize(ref reader, options.GetTypeInfo<ImmutableArray<ToolCall>>())
                    : null;
            }
            else if (reader.ValueTextEquals("reasoning_content"u8))
            {
                reasoning = ReadString(ref reader);
            }
            else
            {
                AddTo(ref extra, ref reader, options);
            }
        }

        return new() { Role = role, Content = content, Refusal = refusal, ToolCalls = toolCalls, ReasoningContent = reasoning, Extra = extra };
    }

    /// <summary>The previous token is the object's start, or the end of one of its values.</summary>
    private static bool ReadProperty(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    /// <returns>False if the value is null.</returns>
    private static bool ReadStart(ref Utf8JsonReader reader, JsonTokenType start)
    {
        reader.Read();
        Expect(reader, reader.TokenType == JsonTokenType.Null ? JsonTokenType.Null : start);
        return reader.TokenType == start;
    }

    private static string? ReadString(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }

    private static JsonElement ReadElement(ref Utf8JsonReader reader, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize(ref reader, options.GetTypeInfo<JsonElement>());

    private static void AddTo(ref Dictionary<string, JsonElement>? extra, ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        var name = reader.GetString()!;
        reader.Read();
        (extra ??= [])[name] = ReadElement(ref reader, options);
    }

    private static void Expect(in Utf8JsonReader reader, JsonTokenType token)
    {
        if (reader.TokenType != token)
        {
            throw new JsonException();
        }
    }

    private static void Write(Utf8JsonWriter writer, ChatChunkChoice choice, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteNumber(Names.Index, choice.Index);
        writer.WriteStartObject(Names.Delta);
        Write(writer, choice.Delta, options);
        writer.WriteEndObject();
        writer.WritePropertyName(Names.Logprobs);
        if (choice.Logprobs is { } logprobs)
        {
            logprobs.WriteTo(writer);
        }
        else
        {
            writer.WriteNullValue();
        }

        writer.WriteString(Names.FinishReason, choice.FinishReason);
        Write(writer, choice.Extra);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ChatDelta delta, JsonSerializerOptions options)
    {
        WriteUnlessNull(writer, Names.Role, delta.Role);
        WriteUnlessNull(writer, Names.Content, delta.Content);
        WriteUnlessNull(writer, Names.Refusal, delta.Refusal);
        if (delta.ToolCalls is { } toolCalls)
        {
            writer.WritePropertyName(Names.ToolCalls);
            JsonSerializer.Serialize(writer, toolCalls, options.GetTypeInfo<ImmutableArray<ToolCall>>());
        }

        WriteUnlessNull(writer, Names.ReasoningContent, delta.ReasoningContent);
        Write(writer, delta.Extra);
    }

    private static void Write(Utf8JsonWriter writer, Dictionary<string, JsonElement>? extra)
    {
        foreach (var (name, value) in extra ?? None)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }

    private static void WriteUnlessNull(Utf8JsonWriter writer, JsonEncodedText name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    // Escaped once.
    private static class Names
    {
        public static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
        public static readonly JsonEncodedText Object = JsonEncodedText.Encode("object");
        public static readonly JsonEncodedText Created = JsonEncodedText.Encode("created");
        public static readonly JsonEncodedText Model = JsonEncodedText.Encode("model");
        public static readonly JsonEncodedText Choices = JsonEncodedText.Encode("choices");
        public static readonly JsonEncodedText Usage = JsonEncodedText.Encode("usage");
        public static readonly JsonEncodedText Index = JsonEncodedText.Encode("index");
        public static readonly JsonEncodedText Delta = JsonEncodedText.Encode("delta");
        public static readonly JsonEncodedText Logprobs = JsonEncodedText.Encode("logprobs");
        public static readonly JsonEncodedText FinishReason = JsonEncodedText.Encode("finish_reason");
        public static readonly JsonEncodedText Role = JsonEncodedText.Encode("role");
        public static readonly JsonEncodedText Content = JsonEncodedText.Encode("content");
        public static readonly JsonEncodedText Refusal = JsonEncodedText.Encode("refusal");
        public static readonly JsonEncodedText ToolCalls = JsonEncodedText.Encode("tool_calls");
        public static readonly JsonEncodedText ReasoningContent = JsonEncodedText.Encode("reasoning_content");
    }
}
