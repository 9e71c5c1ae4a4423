using System.Text.Json;

namespace Prism.Formats.Conversions;

/// <summary>The JSON of functions. Other APIs use objects where OpenAI uses text or omits the value.</summary>
internal static class FunctionJson
{
    /// <summary>The schema of a function without parameters. Anthropic requires one; Ollama would generate one without a type.</summary>
    public static readonly JsonElement NoParameters = JsonElement.Parse("""{"type":"object","properties":{}}""");

    private static readonly JsonElement NoArguments = JsonElement.Parse("{}");

    /// <summary>The arguments of a call as an object; null if the text is not one.</summary>
    public static JsonElement? ReadArguments(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return NoArguments;
        }

        try
        {
            return JsonElement.Parse(text) is { ValueKind: JsonValueKind.Object } arguments ? arguments : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
