using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Json;

/// <summary>Reads the bodies of clients. Unreadable JSON is an error that names the field.</summary>
public static class StrictJson
{
    /// <summary>Reads an object.</summary>
    /// <returns>The object, or the error for the JSON.</returns>
    public static (T? Value, ChatError? Error) Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        // Some clients begin with a byte order mark.
        json = json.StartsWith("\uFEFF"u8) ? json[3..] : json;
        try
        {
            var value = JsonSerializer.Deserialize(json, type);
            // The serializer does not validate property names.
            return Utf8.IsValid(json) ? (value, value is null ? JsonFault.NotAnObject : null) : (null, JsonFaultFinder.Find(json, type));
        }
        catch (JsonException exception)
        {
            return (null, JsonFaultFinder.Find(json, type) ?? JsonFault.Unreadable(exception));
        }
    }
}
