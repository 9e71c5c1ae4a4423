using System.Text.Json;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats.Anthropic.Messages;

/// <summary>A failed answer, or an error in a stream. Source: https://platform.claude.com/docs/en/api/errors</summary>
internal sealed record AnthropicErrorBody
{
    public AnthropicErrorObject? Error { get; init; }
}

/// <summary>What went wrong.</summary>
internal sealed record AnthropicErrorObject
{
    public string? Type { get; init; }

    public string? Message { get; init; }

    /// <summary>With some errors an object; its <c>error_code</c> tells a used-up spend limit from a rate limit.</summary>
    public JsonElement? Details { get; init; }
}

/// <summary>Reads Anthropic's error object.</summary>
internal static class AnthropicErrorReader
{
    // The code that Prism knows quotas by, of whichever vendor.
    private const string QuotaCode = "insufficient_quota";

    /// <summary>From the body of a failed answer; null where it is something else.</summary>
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

    /// <summary>What Anthropic's types of errors mean.</summary>
    public static ChatErrorKind KindOf(VendorError error) => (error.Code, error.Type) switch
    {
        (QuotaCode, _) => ChatErrorKind.QuotaExceeded,
        (_, "invalid_request_error") => ChatErrorKind.InvalidRequest,
        (_, "authentication_error" or "permission_error") => ChatErrorKind.UpstreamCredentialsRefused,
        (_, "not_found_error") => ChatErrorKind.ModelNotFound,
        (_, "request_too_large") => ChatErrorKind.RequestTooLarge,
        (_, "rate_limit_error") => ChatErrorKind.RateLimited,
        // api_error, overloaded_error, timeout_error, and what is yet to come.
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
