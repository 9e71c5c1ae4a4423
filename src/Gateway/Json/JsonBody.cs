using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Prism.Formats.Json;
using Prism.Gateway.Errors;
using Prism.Gateway.Overload;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;

namespace Prism.Gateway.Json;

/// <summary>Reads and writes JSON bodies.</summary>
internal static class JsonBody
{
    private static readonly ApiError NotJson =
        Unsupported("The body must be JSON in UTF-8: send 'Content-Type: application/json'.");

    private static readonly ApiError NotPlain =
        Unsupported("The body must not be compressed: send no 'Content-Encoding'.");

    private static readonly ApiError TooLarge = new(
        "The body needs more memory than this server allows for one request.", ApiError.InvalidRequest, null, "request_too_large");

    /// <summary>Reads the body that the <see cref="BodyMiddleware"/> has received.</summary>
    /// <returns>Null if the body could not be read. The response has the error then.</returns>
    public static async ValueTask<T?> ReadJsonBodyAsync<T>(this HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        if (FindUnreadable(context.Request) is { } unreadable)
        {
            await context.WriteErrorAsync(StatusCodes.Status415UnsupportedMediaType, unreadable);
            return null;
        }

        var body = context.Features.Get<ReceivedBody>();
        try
        {
            if (body is not null && !body.TryExpand(out var size))
            {
                await RefuseAsync(context, size);
                return null;
            }

            var (read, fault) = StrictJson.Read(body is null ? default : body.Written, type);
            if (fault is not null)
            {
                await context.WriteErrorAsync(fault);
            }

            return read;
        }
        finally
        {
            body?.Drop();
        }
    }

    /// <summary>Responds with JSON. It is serialised before the response begins, so a failure until then can still become an error.</summary>
    public static Task WriteJsonAsync<T>(this HttpResponse response, T value, JsonTypeInfo<T> type) =>
        response.WriteJsonAsync(JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>Responds with JSON that is there as bytes, which stay until the response has them.</summary>
    public static Task WriteJsonAsync(this HttpResponse response, ReadOnlyMemory<byte> body)
    {
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        // From here on, only the client is waited for.
        response.HttpContext.ReleasePermit();
        // Not cancelled when the client disconnects: the server ends it by itself, and writing an error must not cause another.
        var written = response.Body.WriteAsync(body, CancellationToken.None);
        return written.IsCompletedSuccessfully ? Task.CompletedTask : SlowReaders.WaitAsync(response.HttpContext, body.Length, written.AsTask());
    }

    private static Task RefuseAsync(HttpContext context, long size)
    {
        var services = context.RequestServices;
        services.GetRequiredService<OverloadTelemetry>().OnMemoryFull();
        return size > services.GetRequiredService<MemoryBudget>().LargestShare
            ? context.WriteErrorAsync(StatusCodes.Status413PayloadTooLarge, TooLarge)
            : context.WriteErrorAsync(ChatError.MemoryFull);
    }

    /// <summary>Why a body cannot be read, by its headers alone; null if it can.</summary>
    internal static ApiError? FindUnreadable(HttpRequest request)
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
