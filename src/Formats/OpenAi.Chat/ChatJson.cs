using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Prism.Formats.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>
/// The JSON of the chat contracts, which is OpenAI's: for the bodies of the gateway and of OpenAI-type providers, in both directions.
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
    /// For requests of clients: nested at most 32 deep, no duplicate property (parsers differ in which one they use), no infinite number, no
    /// incomplete JSON.
    /// </summary>
    public static ChatJson Strict { get; } = new(maxDepth: 32, allowDuplicates: false);

    /// <summary>For answers of providers: as lenient as possible.</summary>
    public static ChatJson Lenient { get; } = new(maxDepth: 128, allowDuplicates: true);

    /// <summary>The options, for other contracts in the same style.</summary>
    public JsonSerializerOptions Options { get; }

    /// <summary>A request.</summary>
    public JsonTypeInfo<ChatRequest> ChatRequest { get; }

    /// <summary>A whole answer.</summary>
    public JsonTypeInfo<ChatResponse> ChatResponse { get; }

    /// <summary>A piece of a streamed answer.</summary>
    public JsonTypeInfo<ChatChunk> ChatChunk { get; }

    /// <summary>Any other contract of a chat, or a part of one.</summary>
    public JsonTypeInfo<T> Find<T>() => Options.GetTypeInfo<T>();

    /// <summary>Adds the converters for contracts that the serializer does not support by itself.</summary>
    public static void AddConverters(JsonSerializerOptions options)
    {
        options.Converters.Add(new JsonElementJsonConverter());
        options.Converters.Add(new MessageContentJsonConverter());
        options.Converters.Add(new ChatChunkJsonConverter());
        options.Converters.Add(new JsonStringEnumConverter<ChatErrorKind>(JsonNamingPolicy.SnakeCaseLower));
    }
}

/// <summary>The contracts as they are declared. <see cref="UseConverters"/> has the exceptions.</summary>
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
