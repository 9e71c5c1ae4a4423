using System.Globalization;
using System.Text.Json;
using Prism.Gateway.Errors;

namespace Prism.Gateway.Json;

/// <summary>Says what is wrong with a body that could not be read: the field where it is a value, else the place in the text.</summary>
internal static class JsonFault
{
    /// <summary>What an exception says of a body whose bytes are not UTF-8.</summary>
    public const string NotUtf8 = "The body is not valid UTF-8.";

    /// <summary>It is valid JSON, but not an object.</summary>
    public static ApiError NotAnObject { get; } = new("The body must be a JSON object.", ApiError.InvalidRequest, null, "invalid_json");

    /// <summary>The error for what the serializer threw.</summary>
    public static ApiError Describe(JsonException exception)
    {
        if (exception.Message == NotUtf8)
        {
            return new(NotUtf8, ApiError.InvalidRequest, null, "invalid_json");
        }

        // What a converter reads by itself fails inside another exception, whose path goes on from the outer one's.
        var (fault, path) = (exception, exception.Path);
        while (fault.InnerException is JsonException inner)
        {
            (fault, path) = (inner, path + inner.Path?[1..]);
        }

        var param = ToParam(path);
        // Only the reader's own exceptions have no path: then the text itself is broken.
        return fault.Path is null ? DescribeText(fault, param) : DescribeValue(fault, param);
    }

    private static ApiError DescribeText(JsonException fault, string? param)
    {
        var where = string.Create(
            CultureInfo.InvariantCulture, $"line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}");
        if (Says(fault, "maximum configured depth"))
        {
            var message = $"The body is nested too deeply ({where}): at most 32 levels are read.";
            return new(message, ApiError.InvalidRequest, param, "nested_too_deeply");
        }

        return fault.BytePositionInLine == 0 && Says(fault, "does not contain any JSON tokens")
            ? new("The body is empty.", ApiError.InvalidRequest, null, "invalid_json")
            : new($"The body is not valid JSON ({where}).", ApiError.InvalidRequest, null, "invalid_json");
    }

    private static ApiError DescribeValue(JsonException fault, string? param)
    {
        if (fault.Message.StartsWith("Duplicate", StringComparison.Ordinal))
        {
            return DescribeDuplicate(fault.Message, param);
        }

        return param is null
            ? NotAnObject
            : new($"'{param}' {DescribeExpected(fault)}.", ApiError.InvalidRequest, param, "invalid_type");
    }

    // A property that a type does not have is told by its name, and the path then is that of the object it is in.
    private static ApiError DescribeDuplicate(string message, string? param)
    {
        const string Start = "Duplicate property '";
        const string End = "' encountered during deserialization.";
        var name = message.StartsWith(Start, StringComparison.Ordinal) && message.EndsWith(End, StringComparison.Ordinal)
            ? message[Start.Length..^End.Length]
            : null;
        return name is null || param is null
            ? new($"'{param ?? name}' appears twice.", ApiError.InvalidRequest, param ?? name, "duplicate")
            : new($"'{param}' has '{name}' in it twice.", ApiError.InvalidRequest, param, "duplicate");
    }

    // What was expected the serializer tells in its words only, and of its own converters in those of an inner exception.
    private static string DescribeExpected(JsonException fault) => (fault.InnerException ?? fault) switch
    {
        var told when Says(told, "UTF-16") => "has text in it that is not valid Unicode",
        var told when Says(told, "as a string") => "must be a string",
        var told when Says(told, "as a number") => "must be a number",
        var told when Says(told, "as a boolean") => "must be true or false",
        var told when Says(told, "for an Int32") => "must be a whole number of at most 2147483647",
        var told when Says(told, "for an Int64") => "must be a whole number",
        var told when Says(told, "could not be mapped") => "is not known here",
        var told when Says(told, "ImmutableArray") => "must be a list",
        var told when Says(told, "could not be converted") => "must be an object",
        // Said by a converter of ours.
        var told => told.Message,
    };

    private static bool Says(Exception exception, string words) => exception.Message.Contains(words, StringComparison.Ordinal);

    // $.messages[0].role, but $['a name with a space'].
    private static string? ToParam(string? path) => path switch
    {
        null or "" or "$" => null,
        ['$', '[', '\'', .. var name, '\'', ']'] when !name.Contains('\'', StringComparison.Ordinal) => name,
        _ => path[1..].TrimStart('.'),
    };
}
