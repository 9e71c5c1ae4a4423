using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orleans.Storage;
using Prism.Formats.OpenAi.Chat;
using Prism.Formats.Prism.Chains;

namespace Prism.Grains.Storage;

/// <summary>
/// Grain state as JSON, in memory as on Redis, so that it can be read by people and by the versions before and after. Chat contracts in it
/// are as they are on the wire.
/// </summary>
public sealed class GrainStateSerializer : IGrainStorageSerializer
{
    // A chat as deep as it may come from a provider has to fit, inside the state that holds it.
    private const int MaxDepth = 256;

    private static readonly JsonSerializerOptions Options = new(ChainJson.Lenient.Options)
    {
        MaxDepth = MaxDepth,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(GrainStateJson.Default, ChatJson.Resolver, new DefaultJsonTypeInfoResolver()),
    };

    /// <inheritdoc/>
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, Options));

    /// <inheritdoc/>
    public T? Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input.ToMemory().Span, Options);
}
