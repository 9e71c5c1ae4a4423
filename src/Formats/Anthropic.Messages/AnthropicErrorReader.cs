using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>A failed answer, or an error in a stream. Source: https://platform.claude.com/docs/en/api/errors</summary>
internal sealed record AnthropicErrorBody
{
    public AnthropicErrorObject? Error { get; init; }
}

/// <summary>The error.</summary>
internal sealed record AnthropicErrorObject
{
    public string? Type { get; init; }

    public string? Message { get; init; }

    /// <summary>An object for some errors; its <c>error_code</c> distinguishes an exhausted spend limit from a rate limit.</summary>
    public JsonElement? Details { get; init; }
}

/// <summary>Reads Anthropic's error object.</summary>
internal static class AnthropicErrorReader
{
    // The code by which Prism recognises exhausted quotas of all vendors.
    private const string QuotaCode = "insufficient_quota";

    /// <summary>Reads the body of a failed answer; null if it is something else.</summary>
    public static VendorError? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, AnthropicJson.Default.AnthropicErrorBody)?.Error is { } error ? Read(error) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static VendorError Read(AnthropicErrorObject error) => new(error.Message, error.Type, IsQuota(error) ? QuotaCode : null);

    /// <summary>The meaning of Anthropic's types of errors.</summary>
    public static ChatErrorKind KindOf(VendorError error) => (error.Code, error.Type) switch
    {
        (QuotaCode, _) => ChatErrorKind.QuotaExceeded,
        (_, "invalid_request_error") => ChatErrorKind.InvalidRequest,
        (_, "authentication_error" or "permission_error") => ChatErrorKind.UpstreamCredentialsRefused,
        (_, "not_found_error") => ChatErrorKind.ModelNotFound,
        (_, "request_too_large") => ChatErrorKind.RequestTooLarge,
        (_, "rate_limit_error") => ChatErrorKind.RateLimited,
        // api_error, overloaded_error, timeout_error and future types.
        _ => ChatErrorKind.UpstreamServerError,
    };

    private static bool IsQuota(AnthropicErrorObject error) =>
        error.Type == "billing_error" || CodeIs(error.Details, "enforced_spend_limit_reached");

    private static bool CodeIs(JsonElement? details, string code) =>
        details is { ValueKind: JsonValueKind.Object } some
        && some.TryGetProperty("error_code", out var value)
        && value.ValueKind == JsonValueKind.String
        && value.ValueEquals(code);
}
