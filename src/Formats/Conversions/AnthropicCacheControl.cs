using System.Text.Json;

namespace Prism.Formats.Conversions;

/// <summary>
/// Takes <c>cache_control</c>, which marks a breakpoint of Anthropic's prompt cache, from the properties that a client put beside the known
/// ones.
/// </summary>
internal static class AnthropicCacheControl
{
    private const string Name = "cache_control";

    /// <summary>The value as it is, or null. Other properties are faults: they would be lost.</summary>
    /// <param name="extra">The properties that Prism does not know by name.</param>
    /// <param name="path">Where they are, as a path.</param>
    /// <param name="faults">Is told of what is refused.</param>
    public static JsonElement? Take(Dictionary<string, JsonElement>? extra, string path, ConversionFaults faults)
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
