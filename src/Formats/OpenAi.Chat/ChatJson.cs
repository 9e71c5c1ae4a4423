using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Prism.Formats.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>
/// The JSON of the chat contracts, which is OpenAI's: what the gateway reads and writes, and what OpenAI-type providers are sent and send.
/// </summary>
public sealed class ChatJson
{
    private ChatJson(int maxDepth, bool allowDuplicates)
    {
        Options = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            MaxDepth = maxDepth,
            AllowDuplicateProperties = allowDuplicates,
            // Answers are JSON or SSE, never HTML: escaping every non-ASCII letter would only make them longer.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = Resolver,
        };
        AddConverters(Options);
        if (!allowDuplicates)
        {
            Options.Converters.Add(new FiniteNumberJsonConverter());
        }

        Options.MakeReadOnly();
        (ChatRequest, ChatResponse, ChatChunk) = (Find<ChatRequest>(), Find<ChatResponse>(), Find<ChatChunk>());
    }

    /// <summary>The contracts, for options that have the converters of <see cref="AddConverters"/>.</summary>
    public static IJsonTypeInfoResolver Resolver { get; } = ChatContracts.Default.WithAddedModifier(ChatContracts.UseConverters);

    /// <summary>
    /// For what clients send: nested at most 32 deep, no property twice (which of the two would count differs between parsers), no infinite
    /// number, nothing cut off.
    /// </summary>
    public static ChatJson Strict { get; } = new(maxDepth: 32, allowDuplicates: false);

    /// <summary>For what providers send: read as leniently as it can be.</summary>
    public static ChatJson Lenient { get; } = new(maxDepth: 128, allowDuplicates: true);

    /// <summary>The options, for other contracts that are written alike.</summary>
    public JsonSerializerOptions Options { get; }

    /// <summary>A request.</summary>
    public JsonTypeInfo<ChatRequest> ChatRequest { get; }

    /// <summary>A whole answer.</summary>
    public JsonTypeInfo<ChatResponse> ChatResponse { get; }

    /// <summary>A piece of a streamed answer.</summary>
    public JsonTypeInfo<ChatChunk> ChatChunk { get; }

    /// <summary>Any other contract of a chat, or a part of one.</summary>
    public JsonTypeInfo<T> Find<T>() => Options.GetTypeInfo<T>();

    /// <summary>Adds how the contracts are read and written that the serializer has no way of its own for.</summary>
    public static void AddConverters(JsonSerializerOptions options)
    {
        options.Converters.Add(new JsonElementJsonConverter());
        options.Converters.Add(new MessageContentJsonConverter());
        options.Converters.Add(new ChatChunkJsonConverter());
        options.Converters.Add(new JsonStringEnumConverter<ChatErrorKind>(JsonNamingPolicy.SnakeCaseLower));
    }
}

/// <summary>The contracts as they are declared. What is read and written otherwise is in <see cref="UseConverters"/>.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ChatRequest))]
[JsonSerializable(typeof(ChatResponse))]
[JsonSerializable(typeof(ChatChunk))]
[JsonSerializable(typeof(ChatUsage))]
[JsonSerializable(typeof(ContentPart))]
[JsonSerializable(typeof(ImmutableArray<ChatChoice>))]
[JsonSerializable(typeof(ImmutableArray<ToolCall>))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string))]
internal sealed partial class ChatContracts : JsonSerializerContext
{
    /// <summary>Gives single properties their converters.</summary>
    public static void UseConverters(JsonTypeInfo contract)
    {
        if (contract.Type == typeof(ChatRequest))
        {
            Use(contract, "stop", new StopSequencesJsonConverter());
        }
        else if (contract.Type == typeof(ChatResponse))
        {
            Use(contract, "choices", new ChoicesJsonConverter<ChatChoice>());
            Use(contract, "usage", new LenientJsonConverter<ChatUsage>());
        }
    }

    private static void Use(JsonTypeInfo contract, string property, JsonConverter converter) =>
        contract.Properties.Single(one => one.Name == property).CustomConverter = converter;
}
