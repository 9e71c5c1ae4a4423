using System.Text.Json;

namespace Prism.Formats.Json;

/// <summary>Reads texts from JSON that a caller wrote.</summary>
internal static class JsonText
{
    /// <summary>The property of this name if <paramref name="from"/> is an object and the property a string; otherwise null.</summary>
    public static string? Of(JsonElement? from, string name) =>
        from is { ValueKind: JsonValueKind.Object } item && item.TryGetProperty(name, out var value) ? Of(value) : null;

    /// <summary>The text if <paramref name="value"/> is a string of valid Unicode; otherwise null.</summary>
    public static string? Of(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair: valid JSON, but no valid text.
            return null;
        }
    }
}
