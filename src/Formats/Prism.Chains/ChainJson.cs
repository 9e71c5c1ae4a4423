using System.Text.Json;
using System.Text.Json.Serialization;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chains;

namespace Prism.Formats.Prism.Chains;

/// <summary>The JSON of the chain contracts, in the style of <see cref="ChatJson"/>.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ChainDefinition))]
[JsonSerializable(typeof(ChainRun))]
[JsonSerializable(typeof(ChainEvent))]
[JsonSerializable(typeof(RunPage))]
public sealed partial class ChainJson : JsonSerializerContext
{
    /// <summary>For requests of clients: see <see cref="ChatJson.Strict"/>.</summary>
    public static ChainJson Strict { get; } = new(Create(ChatJson.Strict));

    /// <summary>For JSON that Prism stores and reads again.</summary>
    public static ChainJson Lenient { get; } = new(Create(ChatJson.Lenient));

    /// <summary>Adds the converters for contracts that the serializer does not support by itself, except those of chats.</summary>
    public static void AddConverters(JsonSerializerOptions options)
    {
        options.Converters.Add(new JsonStringEnumConverter<ChainRunStatus>(JsonNamingPolicy.SnakeCaseLower));
        options.Converters.Add(new JsonStringEnumConverter<ChainStepStatus>(JsonNamingPolicy.SnakeCaseLower));
    }

    private static JsonSerializerOptions Create(ChatJson chat)
    {
        var options = new JsonSerializerOptions(chat.Options);
        AddConverters(options);
        return options;
    }
}
