using System.Text.Json;

namespace Prism.Formats.Conversions;

/// <summary>Takes <c>cache_control</c>, which marks a breakpoint of Anthropic's prompt cache, from a client's additional properties.</summary>
internal static class AnthropicCacheControl
{
    private const string Name = "cache_control";

    /// <summary>The value unchanged, or null. Other properties are faults: they would be lost.</summary>
    /// <param name="extra">The additional properties.</param>
    /// <param name="path">The path of the properties.</param>
    /// <param name="faults">Receives the faults.</param>
    public static JsonElement? Extract(Dictionary<string, JsonElement>? extra, string path, ConversionFaults faults)
    {
        JsonElement? found = null;
        foreach (var (name, value) in extra ?? [])
        {
            if (value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (name == Name)
            {
                found = value;
            }
            else
            {
                faults.Unsupported($"'{name}' here", $"{path}.{name}");
            }
        }

        return found;
    }
}
