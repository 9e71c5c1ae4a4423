using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Conversions;

/// <summary>Collects the fields of a request that the other format cannot express. The client gets the first fault, and nothing is sent.</summary>
/// <param name="provider">The provider's name, for messages.</param>
internal sealed class ConversionFaults(string provider)
{
    /// <summary>Null: there is none.</summary>
    public ChatError? First { get; private set; }

    /// <summary>Whether a value requests nothing, so that its omission changes nothing.</summary>
    public static bool IsNeutral(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => value.GetPropertyCount() == 0,
        _ => false,
    };

    /// <summary>Adds the fault of an invalid request.</summary>
    /// <param name="what">The rest of a sentence that begins with the field.</param>
    /// <param name="param">The field, as a path.</param>
    public void Invalid(string what, string param) => First ??= ChatError.Invalid($"'{param}' {what}.", param);

    /// <summary>Adds the fault of a valid request that this vendor does not support.</summary>
    /// <param name="what">The feature that the vendor does not support.</param>
    /// <param name="param">The field that requests it, as a path.</param>
    public void Unsupported(string what, string param) =>
        First ??= ChatError.Invalid($"Provider '{provider}' does not support {what}.", param, "unsupported_parameter");

    /// <summary>Adds the fault of a field that the vendor does not have.</summary>
    /// <param name="param">The field, as a path.</param>
    /// <param name="reason">The alternative; null for none.</param>
    public void UnsupportedField(string param, string? reason = null) =>
        Unsupported($"'{param}'{(reason is null ? "" : ": " + reason)}", param);

    /// <summary>Adds the faults of additional fields, which the vendor does not have.</summary>
    /// <param name="extra">The fields.</param>
    /// <param name="path">The path of the fields.</param>
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
