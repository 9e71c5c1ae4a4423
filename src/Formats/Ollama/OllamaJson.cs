using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Prism.Formats.Ollama;

/// <summary>The JSON of Ollama's chat, both ways.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 128)]
[JsonSerializable(typeof(OllamaRequest))]
[JsonSerializable(typeof(OllamaResponse))]
[JsonSerializable(typeof(RequestedFormat))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(int?))]
internal sealed partial class OllamaJson : JsonSerializerContext
{
    /// <summary>Reads an answer, a line of one, or an error: one object has the properties of all three.</summary>
    /// <exception cref="JsonException">The JSON is none of them.</exception>
    public static OllamaResponse ReadResponse(ReadOnlySpan<byte> json)
    {
        // A JsonElement (the arguments of a tool call) does not decode its bytes, and would throw another exception later.
        if (!Utf8.IsValid(json))
        {
            throw new JsonException("Not UTF-8.");
        }

        return JsonSerializer.Deserialize(json, Default.OllamaResponse) ?? throw new JsonException("No answer.");
    }
}
