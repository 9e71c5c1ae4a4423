using System.Text.Json;

namespace Prism.Formats.Json;

/// <summary>The types that are read from one token, with the requirement for each.</summary>
internal static class JsonScalar
{
    public const string NotUnicode = "has text in it that is not valid Unicode";

    /// <summary>
    /// The unmet requirement for the token at the reader to be read as the type, in the words of an error. Null: it is met, or the type is not one of
    /// these.
    /// </summary>
    public static string? FindWrong(ref Utf8JsonReader reader, Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.String => FindWrongText(ref reader),
        TypeCode.Boolean => reader.TokenType is JsonTokenType.True or JsonTokenType.False ? null : "must be true or false",
        TypeCode.Int32 or TypeCode.Int64 or TypeCode.Double or TypeCode.Decimal => FindWrongNumber(ref reader, type),
        TypeCode.Object when type == typeof(DateTimeOffset) => FindWrongText(ref reader)
            ?? (reader.TryGetDateTimeOffset(out _) ? null : "must be a date and time, as in 2030-12-31T23:59:59Z"),
        _ => null,
    };

    private static string? FindWrongText(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? "must be a string"
        : UnicodeText.IsValid(ref reader) ? null
        : NotUnicode;

    private static string? FindWrongNumber(ref Utf8JsonReader reader, Type type) => Type.GetTypeCode(type) switch
    {
        _ when reader.TokenType != JsonTokenType.Number => "must be a number",
        TypeCode.Int32 => reader.TryGetInt32(out _) ? null : "must be a whole number of at most 2147483647",
        TypeCode.Int64 => reader.TryGetInt64(out _) ? null : "must be a whole number",
        TypeCode.Decimal => reader.TryGetDecimal(out _) ? null : "must be a number of at most 79228162514264337593543950335",
        _ => reader.TryGetDouble(out var value) && double.IsFinite(value) ? null : "must be a finite number",
    };
}
