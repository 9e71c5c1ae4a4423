using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>Collects the fields of a request that the other format cannot express. The client gets the first fault, and nothing is sent.</summary>
/// <param name="provider">The provider's name, for messages.</param>
internal sealed class ConversionFaults(string provider)
{
    /// <summary>Null: there is none.</summary>
    public ChatError? First { get; private set; }

    /// <summary>Whether a value asks for nothing, so that leaving it out changes nothing.</summary>
    public static bool IsNeutral(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => value.GetPropertyCount() == 0,
        _ => false,
    };

    /// <summary>The request cannot be right.</summary>
    /// <param name="what">The rest of a sentence that begins with the field.</param>
    /// <param name="param">The field, as a path.</param>
    public void Invalid(string what, string param) => First ??= ChatError.Invalid($"'{param}' {what}.", param);

    /// <summary>The request may be right, but not for this vendor.</summary>
    /// <param name="what">What the vendor cannot do.</param>
    /// <param name="param">The field that asks for it, as a path.</param>
    public void Unsupported(string what, string param) =>
        First ??= ChatError.Invalid($"Provider '{provider}' does not support {what}.", param, "unsupported_parameter");

    /// <summary>The vendor does not have this field.</summary>
    /// <param name="param">The field, as a path.</param>
    /// <param name="reason">What there is instead; null for nothing.</param>
    public void UnsupportedField(string param, string? reason = null) =>
        Unsupported($"'{param}'{(reason is null ? "" : ": " + reason)}", param);

    /// <summary>The vendor has none of the fields that Prism does not know.</summary>
    /// <param name="extra">The fields.</param>
    /// <param name="path">Where they are.</param>
    public void UnsupportedFields(Dictionary<string, JsonElement>? extra, string path)
    {
        foreach (var (name, value) in extra ?? [])
        {
            if (!IsNeutral(value))
            {
                UnsupportedField($"{path}.{name}");
            }
        }
    }
}
