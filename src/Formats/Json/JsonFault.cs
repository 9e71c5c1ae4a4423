using System.Globalization;
using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Json;

/// <summary>The errors for unreadable JSON. Each names the field, or the position in the text.</summary>
internal static class JsonFault
{
    private const string InvalidJson = "invalid_json";
    private const string InvalidType = "invalid_type";

    public static ChatError Empty { get; } = OfBody("The body is empty.");

    public static ChatError NotUtf8 { get; } = OfBody("The body is not valid UTF-8.");

    public static ChatError NotAnObject { get; } = OfBody("The body must be a JSON object.");

    /// <param name="fault">The reader's exception, which has the position.</param>
    public static ChatError NotJson(JsonException fault) =>
        OfBody($"The body is not valid JSON ({Place(fault.LineNumber, fault.BytePositionInLine)}).");

    public static ChatError TooDeep(int maxDepth, (long Line, long Byte) place, string? param) => ChatError.Invalid(
        $"The body is nested too deeply ({Place(place.Line, place.Byte)}): at most {maxDepth} levels are read.", param, "nested_too_deeply");

    public static ChatError Twice(string param) => ChatError.Invalid($"'{param}' appears twice.", param, "duplicate");

    /// <param name="param">The field whose value contains the property.</param>
    /// <param name="name">The property.</param>
    public static ChatError TwiceInside(string param, string name) =>
        ChatError.Invalid($"'{param}' has '{name}' in it twice.", param, "duplicate");

    public static ChatError Unknown(string param) => Wrong(param, "is not known here");

    /// <param name="param">The field whose value or property names have invalid text; null: a property name of the body itself.</param>
    public static ChatError NotUnicode(string? param) => param is null
        ? OfBody("The body has a property name that is not valid Unicode.")
        : Wrong(param, "has text in it that is not valid Unicode");

    /// <param name="param">The field.</param>
    /// <param name="expected">The rest of the sentence: <c>must be a string</c>.</param>
    public static ChatError Wrong(string param, string expected) => ChatError.Invalid($"'{param}' {expected}.", param, InvalidType);

    /// <summary>The error for a fault that only the serializer has found.</summary>
    public static ChatError Unreadable(JsonException fault) => fault.Path is { Length: > 2 } path
        ? Wrong(path[2..], "could not be read")
        : OfBody("The body could not be read.");

    private static ChatError OfBody(string message) => ChatError.Invalid(message, null, InvalidJson);

    // The reader counts from 0, error messages from 1.
    private static string Place(long? line, long? position) =>
        string.Create(CultureInfo.InvariantCulture, $"line {line + 1}, byte {position + 1}");
}
