using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Prism.Errors;

namespace Prism.Json;

/// <summary>Reads and writes bodies that are JSON.</summary>
internal static class JsonBody
{
    private static readonly ApiError NotJson =
        Unsupported("The body must be JSON in UTF-8: send 'Content-Type: application/json'.");

    private static readonly ApiError NotPlain =
        Unsupported("The body must not be compressed: send no 'Content-Encoding'.");

    /// <summary>Reads the body.</summary>
    /// <returns>Null where it could not be read: then the response says why.</returns>
    /// <exception cref="BadHttpRequestException">It is larger than is accepted, or the client stopped sending it.</exception>
    public static async ValueTask<T?> ReadJsonBodyAsync<T>(this HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        if (FindUnreadable(context.Request) is { } unreadable)
        {
            await context.WriteErrorAsync(StatusCodes.Status415UnsupportedMediaType, unreadable);
            return null;
        }

        try
        {
            if (await ReadAsync(context.Request.BodyReader, type, context.RequestAborted) is { } body)
            {
                return body;
            }

            await context.WriteErrorAsync(StatusCodes.Status400BadRequest, JsonFault.NotAnObject);
        }
        catch (JsonException exception)
        {
            await context.WriteErrorAsync(StatusCodes.Status400BadRequest, JsonFault.Describe(exception));
        }

        return null;
    }

    /// <summary>Answers with JSON. It is whole before the response begins, so that a failure until then can still become an error.</summary>
    public static Task WriteJsonAsync<T>(this HttpResponse response, T value, JsonTypeInfo<T> type)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        // Not cancelled when the client leaves: the server drops it by itself, and who answers an error must not cause another.
        return response.Body.WriteAsync(body, CancellationToken.None).AsTask();
    }

    // Whole before it is parsed: a value of which only a part is there would be gone through again with each part that comes.
    private static async ValueTask<T?> ReadAsync<T>(PipeReader reader, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (!read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            try
            {
                return Parse(read.Buffer, type);
            }
            finally
            {
                reader.AdvanceTo(read.Buffer.End);
            }
        }
    }

    private static T? Parse<T>(in ReadOnlySequence<byte> body, JsonTypeInfo<T> type)
    {
        if (body.IsSingleSegment)
        {
            return Parse(body.FirstSpan, type);
        }

        var length = checked((int)body.Length);
        var whole = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            body.CopyTo(whole);
            return Parse(whole.AsSpan(0, length), type);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    // Some clients begin with a byte order mark.
    private static T? Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(json.StartsWith("\uFEFF"u8) ? json[3..] : json, type);

    private static ApiError? FindUnreadable(HttpRequest request)
    {
        if (!IsUtf8Json(request))
        {
            return NotJson;
        }

        return request.Headers.ContentEncoding is [] or ["identity"] ? null : NotPlain;
    }

    private static bool IsUtf8Json(HttpRequest request) =>
        request.ContentType == "application/json"
        || (request.HasJsonContentType() && IsUtf8(MediaTypeHeaderValue.Parse(request.ContentType)));

    private static bool IsUtf8(MediaTypeHeaderValue type) =>
        type.Charset.Length == 0 || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase);

    private static ApiError Unsupported(string message) => new(message, ApiError.InvalidRequest, null, "unsupported_media_type");
}
