using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Prism.Grains.Interfaces.Chat;

/// <summary>
/// The JSON of the chat contracts, which is OpenAI's: what the gateway reads and writes, and what OpenAI-type providers are sent and send.
/// </summary>
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
public sealed partial class ChatJson : JsonSerializerContext
{
    /// <summary>
    /// For what clients send: nested at most 32 deep, no property twice (which of the two would count differs between parsers), nothing cut off.
    /// </summary>
    public static ChatJson Strict { get; } = new(Create(maxDepth: 32, allowDuplicates: false));

    /// <summary>For what providers send: read as leniently as it can be.</summary>
    public static ChatJson Lenient { get; } = new(Create(maxDepth: 128, allowDuplicates: true));

    // Written out, not copied from the generated defaults: those are initialised after the properties above.
    private static JsonSerializerOptions Create(int maxDepth, bool allowDuplicates) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        MaxDepth = maxDepth,
        AllowDuplicateProperties = allowDuplicates,
        Converters = { new JsonElementJsonConverter() },
        // Answers are JSON or SSE, never HTML: escaping every non-ASCII letter would only make them longer.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}

/// <summary>Typed look-up of a source-generated contract.</summary>
internal static class JsonTypeInfoExtensions
{
    public static JsonTypeInfo<T> GetTypeInfo<T>(this JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
}
