using System.Text.Json;
using System.Text.Unicode;

namespace Prism.Formats.Json;

/// <summary>Validates the text of JSON, which the reader does not.</summary>
internal static class UnicodeText
{
    /// <summary>Whether the string or the property name at the reader is valid Unicode: UTF-8 without half a surrogate pair.</summary>
    public static bool IsValid(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return Utf8.IsValid(reader.ValueSpan);
        }

        try
        {
            _ = reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
