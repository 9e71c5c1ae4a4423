using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Prism.Errors;

/// <summary>Reads JSON bodies, and says what is wrong with those that cannot be read.</summary>
internal static class JsonBody
{
    /// <summary>Reads the body.</summary>
    /// <returns>Null where it could not be read: then the response says why.</returns>
    /// <exception cref="BadHttpRequestException">It is larger than is accepted, or the client stopped sending it.</exception>
    public static async ValueTask<T?> ReadJsonBodyAsync<T>(this HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return null;
        }

        try
        {
            var body = await JsonSerializer.DeserializeAsync(context.Request.BodyReader, type, context.RequestAborted);
            if (body is not null)
            {
                return body;
            }

            await context.WriteErrorAsync(
                StatusCodes.Status400BadRequest, new("The body must be a JSON object.", ApiError.InvalidRequest, null, "invalid_json"));
        }
        catch (JsonException exception)
        {
            await context.WriteErrorAsync(StatusCodes.Status400BadRequest, Describe(exception));
        }

        return null;
    }

    internal static ApiError Describe(JsonException exception)
    {
        // A reader's exception inside means that the text itself is broken; else it is one value of it.
        if (exception.InnerException is JsonException || exception.Path is null)
        {
            var where = string.Create(
                CultureInfo.InvariantCulture, $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}");
            return new($"The body is not valid JSON ({where}).", ApiError.InvalidRequest, null, "invalid_json");
        }

        var param = exception.Path is ['$', '.', .. var path] ? path : null;
        return new($"'{param ?? "body"}' {DescribeFault(exception.Message)}.", ApiError.InvalidRequest, param, "invalid_type");
    }

    private static string DescribeFault(string message) => message switch
    {
        _ when message.StartsWith("must", StringComparison.Ordinal) => message.Split(" Path:")[0].TrimEnd('.'),
        _ when message.Contains("uplicate", StringComparison.Ordinal) => "appears twice",
        _ when message.Contains("System.Double", StringComparison.Ordinal) => "must be a number",
        _ when message.Contains("System.Int", StringComparison.Ordinal) => "must be a whole number",
        _ when message.Contains("System.Boolean", StringComparison.Ordinal) => "must be true or false",
        _ when message.Contains("ImmutableArray", StringComparison.Ordinal) => "must be a list",
        _ when message.Contains("System.String", StringComparison.Ordinal) => "must be a string",
        _ => "must be an object",
    };
}
