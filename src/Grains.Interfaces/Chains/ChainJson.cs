using System.Text.Json;
using System.Text.Json.Serialization;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.Chains;

/// <summary>The JSON of the chain contracts, in the style of <see cref="ChatJson"/>.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ChainDefinition))]
[JsonSerializable(typeof(ChainRun))]
[JsonSerializable(typeof(ChainEvent))]
[JsonSerializable(typeof(RunPage))]
public sealed partial class ChainJson : JsonSerializerContext
{
    /// <summary>For what clients send: see <see cref="ChatJson.Strict"/>.</summary>
    public static ChainJson Strict { get; } = new(new JsonSerializerOptions(ChatJson.Strict.Options));

    /// <summary>For what Prism writes and reads again.</summary>
    public static ChainJson Lenient { get; } = new(new JsonSerializerOptions(ChatJson.Lenient.Options));
}
