using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>What of one request cannot be said to Ollama. The first thing found counts: nothing is sent then.</summary>
internal sealed class OllamaRefusal(string provider)
{
    /// <summary>Null: all of it can be said.</summary>
    public ChatError? Error { get; private set; }

    /// <summary>Whether a value asks for nothing, so that leaving it out changes nothing.</summary>
    public static bool IsNeutral(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => value.GetPropertyCount() == 0,
        _ => false,
    };

    /// <summary>Ollama has no word for what <paramref name="param"/> asks.</summary>
    public void AddUnsupported(string param, string? reason = null) => Error ??= ChatError.Invalid(
        $"Provider '{provider}' does not support '{param}'{(reason is null ? "" : ": " + reason)}.", param, "unsupported_parameter");

    /// <summary>Ollama has no words for properties that Prism does not know.</summary>
    public void AddUnknown(Dictionary<string, JsonElement>? extra, string path)
    {
        foreach (var (name, value) in extra ?? [])
        {
            if (!IsNeutral(value))
            {
                AddUnsupported($"{path}.{name}");
            }
        }
    }

    /// <summary>What <paramref name="param"/> says cannot be right.</summary>
    public void AddInvalid(string param, string rule) => Error ??= ChatError.Invalid($"'{param}' {rule}.", param);
}
