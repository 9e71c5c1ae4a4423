using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.OpenAi.Chat;

/// <summary>Reads OpenAI's error object, and its variations on other servers of this type.</summary>
internal static class OpenAiErrorReader
{
    /// <summary>Reads the body of a failed answer, or the data of an error event.</summary>
    public static VendorError? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            return Read(JsonElement.ParseValue(ref reader));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads the additional properties of an answer or a chunk.</summary>
    public static VendorError? Read(Dictionary<string, JsonElement>? extra) =>
        extra is not null && extra.TryGetValue("error", out var error) ? ReadObject(error) : null;

    /// <summary>The meaning of OpenAI's classes and codes of errors. Source: https://platform.openai.com/docs/guides/error-codes</summary>
    public static ChatErrorKind KindOf(VendorError error) => (error.Code, error.Type) switch
    {
        ("insufficient_quota" or "402", _) or (_, "insufficient_quota") => ChatErrorKind.QuotaExceeded,
        ("rate_limit_exceeded" or "429", _) or (_, "rate_limit_exceeded" or "rate_limit_error" or "requests" or "tokens") => ChatErrorKind.RateLimited,
        ("invalid_api_key" or "401" or "403", _) or (_, "authentication_error" or "permission_error") => ChatErrorKind.UpstreamCredentialsRefused,
        ("model_not_found" or "404", _) => ChatErrorKind.ModelNotFound,
        ("400", _) or (_, "invalid_request_error") => ChatErrorKind.InvalidRequest,
        _ => ChatErrorKind.UpstreamServerError,
    };

    private static VendorError? Read(JsonElement body) => body switch
    {
        { ValueKind: not JsonValueKind.Object } => null,
        _ when body.TryGetProperty("error", out var error) => ReadObject(error),
        // vLLM before 0.10 has no envelope; FastAPI servers answer {"detail":"…"}.
        _ when body.TryGetProperty("message", out _) => ReadObject(body),
        _ when Text(body, "detail") is { } detail => new VendorError(detail),
        _ => null,
    };

    private static VendorError? ReadObject(JsonElement error) => error.ValueKind switch
    {
        JsonValueKind.String when Text(error) is { Length: > 0 } text => new VendorError(text),
        JsonValueKind.Object when error.GetPropertyCount() > 0 => new VendorError(Text(error, "message"), Text(error, "type"), Text(error, "code"), Text(error, "param")),
        _ => null,
    };

    private static string? Text(JsonElement from, string name) => from.TryGetProperty(name, out var value) ? Text(value) : null;

    private static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                // Some servers send numbers as codes.
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // The text is not valid Unicode.
            return null;
        }
    }
}
